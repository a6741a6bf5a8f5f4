package io.davit.shell;

import io.davit.api.mount.Mount;
import io.davit.api.names.Namespace;
import io.davit.api.names.Texts;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Reads the options of {@code run} and {@code plan}. Used once, by one thread. */
final class RunParser {
    private static final Map<String, String> FLAGS =
            with(Map.of("--detach", "-d", "--interactive", "-i", "--tty", "-t"));
    private static final Set<String> REPEATABLE = Set.of("--env", "--mount", "--bind");

    private final Path directory;
    private final Set<String> seen = new HashSet<>();
    private final List<String> env = new ArrayList<>();
    private final List<Mount> mounts = new ArrayList<>();
    private final List<Mount> binds = new ArrayList<>();
    private final List<SpecChange> changes = new ArrayList<>();
    private String runtime;
    private String id;
    private String namespace = Namespace.DEFAULT.name();
    private String cwd;
    private Path rootfs;
    private Path mountsFile;
    private Path spec;
    private OptionalLong memory = OptionalLong.empty();
    private Duration timeout;

    private boolean detach;
    private boolean interactive;
    private boolean tty;

    private static Map<String, String> with(Map<String, String> flags) {
        Map<String, String> all = new HashMap<>(flags);
        all.putAll(ContainerOptions.FLAGS);
        return Map.copyOf(all);
    }

    private RunParser(Path directory) {
        this.directory = directory;
    }

    /**
     * Reads a command line without its verb.
     *
     * @param directory where relative paths begin
     * @throws CommandFailure if an option is unknown, malformed, incomplete or given twice, or
     *     options contradict each other
     */
    static RunOptions parse(Path directory, List<String> args) throws CommandFailure {
        RunParser parser = new RunParser(directory);
        OptionReader reader = new OptionReader(args, FLAGS);
        while (reader.next()) {
            parser.take(reader.name(), reader.value());
        }
        return parser.finish(reader.words());
    }

    /** Reads a command line given to this process itself. */
    static RunOptions parse(List<String> args) throws CommandFailure {
        return parse(Path.of("").toAbsolutePath(), args);
    }

    private void take(String name, String value) throws CommandFailure {
        boolean repeatable =
                REPEATABLE.contains(name) || ContainerOptions.REPEATABLE.contains(name);
        if (!seen.add(name) && !repeatable) {
            throw CommandFailure.usage("option " + name + " is given twice");
        }
        Optional<SpecChange> change = ContainerOptions.read(directory, name, value);
        if (change.isPresent()) {
            changes.add(change.get());
            return;
        }
        switch (name) {
            case "--detach" -> detach = true;
            case "--interactive" -> interactive = true;
            case "--tty" -> tty = true;
            case "--runtime" -> runtime = value;
            case "--id" -> id = value;
            case "--namespace" -> namespace = value;
            case "--cwd" -> cwd = value;
            case "--rootfs" -> rootfs = OptionValues.path(directory, name, value);
            case "--rootfs-mounts" -> mountsFile = OptionValues.path(directory, name, value);
            case "--spec" -> spec = OptionValues.path(directory, name, value);
            case "--mount" -> mounts.add(OptionValues.mount(name, value));
            case "--bind" -> binds.add(OptionValues.bind(directory, name, value));
            case "--env" -> env.add(OptionValues.variable(name, value));
            case "--memory" -> memory = OptionalLong.of(OptionValues.size(name, value));
            case "--timeout" -> timeout = OptionValues.time(name, value);
            case "--root", "--state" ->
                    OptionValues.path(directory, name, value); // read by the launcher
            default -> throw CommandFailure.usage("unknown option " + Texts.quote(name));
        }
    }

    private RunOptions finish(List<String> words) throws CommandFailure {
        int roots = (rootfs == null ? 0 : 1) + (mounts.isEmpty() ? 0 : 1);
        if (roots + (mountsFile == null ? 0 : 1) > 1) {
            throw CommandFailure.usage("give one of --rootfs, --mount and --rootfs-mounts");
        }
        if (words.isEmpty() && spec == null) {
            throw CommandFailure.usage("no module or command to run");
        }
        if (detach && timeout != null) {
            throw CommandFailure.usage("give one of --detach and --timeout");
        }
        if (detach && interactive && !tty) {
            throw CommandFailure.usage("--interactive needs --tty with --detach");
        }
        return new RunOptions(
                directory,
                detach,
                tty,
                Optional.ofNullable(runtime),
                Optional.ofNullable(id),
                namespace,
                Optional.ofNullable(rootfs),
                List.copyOf(mounts),
                Optional.ofNullable(mountsFile),
                List.copyOf(binds),
                List.copyOf(env),
                Optional.ofNullable(cwd),
                Optional.ofNullable(spec),
                memory,
                List.copyOf(changes),
                Optional.ofNullable(timeout),
                words);
    }
}

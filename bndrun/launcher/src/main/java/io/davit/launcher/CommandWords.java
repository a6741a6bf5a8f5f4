package io.davit.launcher;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the launcher has to know of a command line: the verb, where Davit keeps its files, and who
 * can run it.
 *
 * <p>Of the other options it knows whether they have a value. Options end at {@code --}; those of
 * verbs that name a program end at the first word that is no option.
 */
final class CommandWords {
    /** Verbs that a daemon alone can answer. */
    private static final Set<String> DAEMON_ONLY = Set.of("task", "mount");

    /** Verbs that a daemon answers if there is one. */
    private static final Set<String> EITHER = Set.of("run", "plan", "runtimes");

    /** Options without a value, besides those of one dash. */
    private static final Set<String> FLAGS =
            Set.of(
                    "--all",
                    "--detach",
                    "--dry-run",
                    "--exit",
                    "--follow",
                    "--force",
                    "--help",
                    "--interactive",
                    "--json",
                    "--repair",
                    "--tty");

    /** Options with a value that may stand before the verb. */
    private static final Set<String> COMMON = Set.of("--namespace", "--root", "--state");

    /** Options with a value that the launcher reads. */
    private static final Set<String> LAUNCHER = Set.of("--group", "--root", "--state");

    /** Words after the verb {@code task} whose last words are a program's. */
    private static final Set<String> PROGRAMS = Set.of("create", "exec");

    private final String verb;

    /** Whether a verb of two words has both. */
    private final boolean whole;

    private final Set<String> flags = new HashSet<>();

    /** What is no option of the launcher. */
    private final List<String> others = new ArrayList<>();

    private Path root;
    private Path state;
    private String group;

    private CommandWords(List<String> args) throws IOException {
        this.verb = args.isEmpty() ? "" : args.get(0);
        boolean two = hasSecond(verb) && args.size() > 1 && !args.get(1).startsWith("-");
        boolean program =
                two ? PROGRAMS.contains(args.get(1)) : verb.equals("run") || verb.equals("plan");
        this.whole = two || !hasSecond(verb);
        read(args, two ? 2 : 1, program);
        if (isDaemon() && !others.isEmpty()) {
            throw new IOException(
                    "unknown word or option: daemon "
                            + others.get(0).replaceAll("[^ -~]", "?")
                            + "; see: davit help daemon");
        }
    }

    /**
     * Reads a command line.
     *
     * @throws IOException if a directory it names cannot be a path
     */
    static CommandWords of(List<String> args) throws IOException {
        return new CommandWords(args);
    }

    /**
     * Puts the options that may stand before a verb behind it, where verbs look for their options.
     *
     * @return the same words if none stands before
     */
    static List<String> ordered(List<String> args) {
        List<String> verbs = new ArrayList<>();
        List<String> options = new ArrayList<>();
        int at = 0;
        while (at < args.size() && verbs.size() < 2) {
            String word = args.get(at);
            boolean common = COMMON.contains(word) && at + 1 < args.size();
            if (common || COMMON.contains(word.replaceFirst("=.*", ""))) {
                options.addAll(args.subList(at, common ? at + 2 : at + 1));
                at += common ? 2 : 1;
            } else if (word.startsWith("-") || verbs.size() == 1 && !hasSecond(verbs.get(0))) {
                break;
            } else {
                verbs.add(word);
                at++;
            }
        }
        if (verbs.isEmpty() || options.isEmpty()) {
            return args;
        }
        List<String> ordered = new ArrayList<>(verbs);
        ordered.addAll(options);
        ordered.addAll(args.subList(at, args.size()));
        return ordered;
    }

    private static boolean hasSecond(String verb) {
        return DAEMON_ONLY.contains(verb);
    }

    private void read(List<String> args, int first, boolean stopAtWord) throws IOException {
        for (int i = first; i < args.size() && !args.get(i).equals("--"); i++) {
            String word = args.get(i);
            if (!word.startsWith("-") && stopAtWord) {
                return;
            }
            String name = word.replaceFirst("=.*", "");
            if (!LAUNCHER.contains(name)) {
                others.add(name);
            }
            int equals = word.indexOf('=');
            if (!word.startsWith("--") || equals < 0 && FLAGS.contains(word)) {
                flag(word);
            } else if (equals >= 0) {
                take(word.substring(0, equals), word.substring(equals + 1));
            } else if (++i < args.size()) {
                take(word, args.get(i));
            }
        }
    }

    private void flag(String word) {
        if (word.startsWith("--")) {
            flags.add(word);
        } else if (word.startsWith("-")) {
            word.chars().skip(1).forEach(letter -> flags.add("-" + (char) letter));
        }
    }

    private void take(String name, String value) throws IOException {
        switch (name) {
            case "--root" -> root = path(name, value);
            case "--state" -> state = path(name, value);
            case "--group" -> group = value;
            default -> {
                // The verb's own.
            }
        }
    }

    private static Path path(String name, String value) throws IOException {
        try {
            return Path.of(value).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new IOException("not a path: option=" + name, e);
        }
    }

    /** The first word; empty if there is none. */
    String verb() {
        return verb;
    }

    /** Whether this process is to become the daemon. */
    boolean isDaemon() {
        return verb.equals("daemon") && !flags.contains("--help");
    }

    /** Whether the framework's files outlive this process. */
    boolean keepsDirectories() {
        return verb.isEmpty() || isDaemon();
    }

    /** Whether a daemon has to answer. */
    boolean needsDaemon() {
        return whole
                && !flags.contains("--help")
                && (DAEMON_ONLY.contains(verb) || verb.equals("run") && has("--detach", "-d"));
    }

    /** Whether a daemon that runs is asked before this process starts a framework. */
    boolean mayAskDaemon() {
        return needsDaemon() || EITHER.contains(verb) && !flags.contains("--help");
    }

    /** Whether the caller's terminal is to become the task's. */
    boolean lendsTerminal() {
        return verb.equals("run") && has("--tty", "-t") && !flags.contains("--help");
    }

    private boolean has(String flag, String letter) {
        return flags.contains(flag) || flags.contains(letter);
    }

    Optional<Path> root() {
        return Optional.ofNullable(root);
    }

    Optional<Path> state() {
        return Optional.ofNullable(state);
    }

    /** The group whose members may give the daemon commands. */
    Optional<String> group() {
        return Optional.ofNullable(group);
    }
}

package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;
import io.davit.oci.RuntimeSpec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a task runs, and how the task finds it.
 *
 * <p>A module that is a file of the host is shown to the task read-only below {@value #SHOWN}, or
 * named by its place if it lies in the root filesystem anyway. What is no file of the host is a
 * path in the root filesystem.
 *
 * @param runtime the runtime that suits it
 * @param args the arguments of the process, the program's name first
 * @param shown the mount that shows the module to the task
 */
record Program(String runtime, List<String> args, Optional<Mount> shown) {
    /** The runtime of modules. */
    static final String WASM = "io.davit.wasm.v1";

    /** The runtime of everything else. */
    static final String OCI = "io.davit.oci.v1";

    private static final String SHOWN = "/.davit/";
    private static final String NO_ROOTFS = "; the root filesystem is empty without --rootfs";
    private static final byte[] MAGIC = {0, 'a', 's', 'm'};

    /**
     * Finds out what the words of a command line mean.
     *
     * @throws CommandFailure if the module is not there or is no module
     */
    static Program of(RunOptions options) throws CommandFailure {
        if (options.words().isEmpty()) {
            String own = specified(options).endsWith(".wasm") ? WASM : OCI;
            return new Program(options.runtime().orElse(own), List.of(), Optional.empty());
        }
        String word = options.words().get(0);
        Path file = hostFile(options.directory(), word);
        boolean module =
                options.runtime()
                        .map(WASM::equals)
                        .orElse(word.endsWith(".wasm") || file != null && isModule(file));
        if (!module) {
            String runtime = options.runtime().orElse(OCI);
            return new Program(runtime, options.words(), Optional.empty());
        }
        if (file != null) {
            return module(options, requireModule(file));
        }
        if (!hasFiles(options)) {
            throw new CommandFailure(
                    CommandFailure.NOT_FOUND, "module not found: path=" + Texts.quote(word));
        }
        return new Program(WASM, options.words(), Optional.empty());
    }

    /** The program of a specification. */
    private static String specified(RunOptions options) throws CommandFailure, DavitException {
        Path file = options.spec().orElseThrow();
        RuntimeSpec spec = RuntimeSpec.parse(InputFile.read("--spec", file));
        return spec.process().args().get(0);
    }

    /**
     * Returns why a task was not made or not started, unless its program is to blame.
     *
     * @throws CommandFailure if the program is to blame
     */
    static DavitException failure(DavitException cause, RunOptions options) throws CommandFailure {
        String program = options.words().isEmpty() ? specified(options) : options.words().get(0);
        return ProgramFailure.orElse(cause, program, hasFiles(options) ? "" : NO_ROOTFS);
    }

    /** Says whether the task has more than an empty root filesystem. */
    private static boolean hasFiles(RunOptions options) {
        return options.rootfs().isPresent()
                || options.mountsFile().isPresent()
                || options.spec().isPresent()
                || !options.mounts().isEmpty()
                || !options.binds().isEmpty();
    }

    private static Path hostFile(Path directory, String word) {
        try {
            Path file = directory.resolve(word);
            return word.isEmpty() || !Files.exists(file) ? null : file;
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static Path requireModule(Path file) throws CommandFailure {
        String why = null;
        if (Files.isDirectory(file)) {
            why = "is a directory";
        } else if (!Files.isReadable(file)) {
            why = "cannot be read";
        } else if (!isModule(file)) {
            why = "is no WebAssembly module";
        }
        if (why != null) {
            throw new CommandFailure(
                    CommandFailure.NOT_EXECUTABLE,
                    "not executable: path=" + Texts.quote(file.toString()) + " " + why);
        }
        return file;
    }

    private static boolean isModule(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
        } catch (IOException e) {
            return false;
        }
    }

    private static Program module(RunOptions options, Path file) throws CommandFailure {
        List<String> args = new ArrayList<>(options.words());
        try {
            Path real = file.toRealPath();
            if (options.rootfs().isPresent() && Files.isDirectory(options.rootfs().get())) {
                Path root = options.rootfs().get().toRealPath();
                if (real.startsWith(root)) {
                    args.set(0, "/" + root.relativize(real));
                    return new Program(WASM, args, Optional.empty());
                }
            }
            args.set(0, SHOWN + file.getFileName());
            Mount shown = new Mount("bind", real.toString(), args.get(0), List.of("bind", "ro"));
            return new Program(WASM, args, Optional.of(shown));
        } catch (IOException e) {
            throw new CommandFailure(
                    CommandFailure.NOT_EXECUTABLE,
                    "not executable: path=" + Texts.quote(file.toString()) + " cannot be found");
        }
    }
}

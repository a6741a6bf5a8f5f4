package io.davit.shim.oci;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What conmon is to run and how.
 *
 * <p>Source: conmon(8). Confined to one thread.
 */
final class MonitorCommand {
    /** The environment variable that marks a monitor. */
    static final String TOKEN = "DAVIT_MONITOR";

    private final String what;
    private final String conmon;
    private final OciRuntime runtime;
    private final String id;
    private final PrivateFiles files;
    private final String token;
    private final List<String> options = new ArrayList<>();
    private final List<String> runtimeArguments = new ArrayList<>();
    private boolean waits;

    /**
     * Begins a command.
     *
     * @param what names the step in failures
     * @param id the container
     * @param files the directory of the process, where conmon keeps its files too
     */
    MonitorCommand(String what, Programs programs, String id, PrivateFiles files, String token) {
        this.what = what;
        this.conmon = programs.conmon();
        this.runtime = programs.runtime();
        this.id = id;
        this.files = files;
        this.token = token;
    }

    /** Sets where the runtime keeps its state. */
    MonitorCommand runtimeRoot(Path root) {
        runtimeArguments.addAll(List.of("--root", root.toString()));
        return this;
    }

    /** Gives the process a terminal. */
    MonitorCommand terminal() {
        options.add("--terminal");
        return this;
    }

    /** Gives the process a standard input that ends with the first connection that ends it. */
    MonitorCommand stdin() {
        options.add("--stdin");
        return this;
    }

    /** Keeps the output in a file, started anew when it would grow over a size. */
    MonitorCommand log(Path file, long size) {
        Path relative = files.path().relativize(file);
        options.addAll(List.of("--log-path", "k8s-file:" + relative));
        options.addAll(List.of("--log-size-max", Long.toString(size)));
        return this;
    }

    /** Keeps no output. */
    MonitorCommand noLog() {
        options.addAll(List.of("--log-path", "none"));
        return this;
    }

    /** Restores the process from an image. */
    MonitorCommand restore(Path image) {
        options.addAll(List.of("--restore", image.toString()));
        return this;
    }

    /**
     * Runs a further process in the container.
     *
     * @param specification its description
     * @param wait whether it waits until its streams are connected
     */
    MonitorCommand exec(Path specification, boolean wait) {
        options.addAll(List.of("--exec", "--exec-process-spec", specification.toString()));
        if (wait) {
            options.add("--exec-attach");
            waits = true;
        }
        return this;
    }

    String what() {
        return what;
    }

    String conmon() {
        return conmon;
    }

    OciRuntime runtime() {
        return runtime;
    }

    PrivateFiles files() {
        return files;
    }

    String token() {
        return token;
    }

    boolean waitsForStreams() {
        return waits;
    }

    List<String> arguments(OciRuntime.Access access) {
        String here = files.path().toString();
        List<String> all = new ArrayList<>(List.of("--sync", "--api-version", "1"));
        all.addAll(List.of("--cid", id, "--cuuid", id, "--name", id));
        all.addAll(List.of("--bundle", here, "--persist-dir", here, "--full-attach"));
        all.addAll(List.of("--container-pidfile", files.path("pid").toString(), "--no-sync-log"));
        all.addAll(List.of("--runtime", access.program()));
        for (String argument : access.leading()) {
            all.addAll(List.of("--runtime-arg", argument));
        }
        for (String argument : runtimeArguments) {
            all.addAll(List.of("--runtime-arg", argument));
        }
        all.addAll(options);
        return all;
    }
}

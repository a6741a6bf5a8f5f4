package io.davit.shell;

import io.davit.api.mount.Mount;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a command line says about a task. Values are read, not yet checked against each other.
 *
 * @param directory where relative paths begin
 * @param detach whether the caller does not wait for the task
 * @param tty whether the task gets a terminal
 * @param runtime the runtime, if it is named
 * @param id the task's id, if it is named
 * @param namespace the task's namespace
 * @param rootfs the directory that is the root filesystem
 * @param mounts the mounts that make up the root filesystem
 * @param mountsFile the file that lists them
 * @param binds what else of the host is shown
 * @param env variables, {@code name=value}
 * @param cwd the working directory
 * @param spec the file of a specification to begin with
 * @param memory the most bytes of memory
 * @param changes what options that only containers have change in their specification
 * @param timeout the longest time the task may run
 * @param words the program and its arguments
 */
record RunOptions(
        Path directory,
        boolean detach,
        boolean tty,
        Optional<String> runtime,
        Optional<String> id,
        String namespace,
        Optional<Path> rootfs,
        List<Mount> mounts,
        Optional<Path> mountsFile,
        List<Mount> binds,
        List<String> env,
        Optional<String> cwd,
        Optional<Path> spec,
        OptionalLong memory,
        List<SpecChange> changes,
        Optional<Duration> timeout,
        List<String> words) {}

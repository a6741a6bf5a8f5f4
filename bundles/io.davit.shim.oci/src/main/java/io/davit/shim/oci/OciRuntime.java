package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Deadline;
import io.davit.linux.LinuxException;
import io.davit.linux.MountNamespace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An OCI runtime and how it is called on this machine.
 *
 * @param path the program
 * @param kind which one it is
 * @param systemd whether it is to make control groups through systemd
 * @param hide a mount it must not see, because it refuses to work where it does
 */
record OciRuntime(Path path, RuntimeKind kind, boolean systemd, Optional<String> hide) {
    static final String NSENTER = "/usr/bin/nsenter";

    /**
     * A runtime that can be started now; must be kept open until it runs.
     *
     * @param program what to execute
     * @param leading arguments that come first
     * @param namespace what the leading arguments lead into; {@code null} when there are none
     */
    record Access(String program, List<String> leading, MountNamespace namespace)
            implements AutoCloseable {
        @Override
        public void close() {
            if (namespace != null) {
                namespace.close();
            }
        }
    }

    /** Prepares a start of this runtime. */
    Access open() throws DavitException {
        List<String> global = systemd ? List.of("--systemd-cgroup") : List.of();
        if (hide.isEmpty()) {
            return new Access(path.toString(), global, null);
        }
        try {
            MountNamespace apart = MountNamespace.without(hide.get());
            List<String> leading =
                    new ArrayList<>(List.of("--mount=" + apart.path(), "--", path.toString()));
            leading.addAll(global);
            return new Access(NSENTER, leading, apart);
        } catch (LinuxException e) {
            throw Failures.of("hide " + hide.get() + " from " + path, e);
        } catch (InterruptedException e) {
            throw Failures.interrupted("hide " + hide.get() + " from " + path);
        }
    }

    /**
     * Runs one of its commands to the end.
     *
     * @param what names the step in failures
     * @param kept which output to keep, see {@link Command}
     * @param arguments the arguments, global ones first
     */
    Command.Result run(String what, int kept, List<String> arguments, Deadline deadline)
            throws DavitException {
        try (Access access = open()) {
            List<String> all = new ArrayList<>(access.leading());
            all.addAll(arguments);
            return new Command(access.program(), all, kept).run(what, deadline);
        }
    }
}

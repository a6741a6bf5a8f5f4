package io.davit.mount.linux;

import io.davit.linux.Descriptor;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;
import io.davit.linux.OpenFlag;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A user namespace that exists for the sake of its id maps.
 *
 * <p>A process with several threads cannot make one, so a helper process does; it has ended when
 * the namespace is handed out, which its descriptor keeps.
 */
final class UserNamespace implements Closeable {
    private final Descriptor descriptor;

    private UserNamespace(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    static UserNamespace make(List<IdMapping> uids, List<IdMapping> gids, Duration timeout)
            throws IOException {
        Process helper = HelperProgram.require("unshare").start(List.of("--user", "--", "cat"));
        Executor later =
                CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        later.execute(helper::destroyForcibly);
        try {
            awaitNamespace(helper);
            String proc = "/proc/" + helper.pid();
            write(proc + "/uid_map", IdMapping.render(uids));
            write(proc + "/gid_map", IdMapping.render(gids));
            UserNamespace made =
                    new UserNamespace(
                            Descriptor.open(proc + "/ns/user", EnumSet.of(OpenFlag.READ)));
            made.requireOwner(helper);
            return made;
        } finally {
            helper.destroyForcibly();
        }
    }

    /** Returns when cat answers: then the process has its namespace. */
    private static void awaitNamespace(Process helper) throws IOException {
        int answer = -1;
        try {
            OutputStream in = helper.getOutputStream();
            in.write('\n');
            in.flush();
            answer = helper.getInputStream().read();
        } catch (IOException ended) {
            throw refused(helper, ended.getMessage());
        }
        if (answer != '\n') {
            throw refused(helper, "helper said " + (char) answer + HelperProgram.output(helper));
        }
    }

    private static LinuxException refused(Process helper, String why) {
        return new LinuxException(
                Errno.EPERM, "unshare", "user namespace of pid " + helper.pid(), why);
    }

    private static void write(String path, String text) throws LinuxException {
        try (Descriptor map = Descriptor.open(path, EnumSet.of(OpenFlag.WRITE))) {
            map.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Fails if the helper died meanwhile: its number may belong to somebody else by now. */
    private void requireOwner(Process helper) throws LinuxException {
        if (!helper.isAlive()) {
            close();
            throw new LinuxException(Errno.ESRCH, "unshare", "user namespace", "helper died");
        }
    }

    Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        descriptor.close();
    }
}

package io.davit.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Calls on this process and its children. */
public final class Processes {
    private static final int SET_CHILD_SUBREAPER = 36;
    private static final int WNOHANG = 1;

    private Processes() {}

    /**
     * Makes this process the parent of orphans among its descendants, which it has to reap then.
     */
    public static void becomeSubreaper() throws LinuxException {
        LibC.check(LibC.prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl", "subreaper");
    }

    /**
     * Reaps a child that has ended, without waiting.
     *
     * <p>Only for children that were not started through {@link ProcessBuilder}, which reaps its
     * own.
     *
     * @return nothing while it runs
     * @throws LinuxException {@code ECHILD} if it is no child of ours, or somebody reaped it
     */
    public static Optional<WaitStatus> reap(int pid) throws LinuxException {
        byte[] status = new byte[4];
        int result = LibC.check(LibC.waitpid(pid, status, WNOHANG), "waitpid", "pid " + pid);
        int raw = ByteBuffer.wrap(status).order(ByteOrder.nativeOrder()).getInt();
        return result == 0 ? Optional.empty() : Optional.of(new WaitStatus(raw));
    }
}

package io.davit.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;

/**
 * A process held by a descriptor, so that its number cannot come to mean another one.
 *
 * <p>Source: pidfd_open(2); Linux 5.3.
 *
 * <p><b>Threads.</b> Safe for use by many threads.
 */
public final class PidFd implements AutoCloseable {
    private static final long PIDFD_SEND_SIGNAL = 424;
    private static final long PIDFD_OPEN = 434;
    private static final long GET_INFO = 0xC040FF0BL;
    private static final int INFO_SIZE = 64;
    private static final int INFO_EXIT = 8;
    private static final int EXIT_AT = 60;

    private final int pid;
    private final Descriptor descriptor;

    private PidFd(int pid, Descriptor descriptor) {
        this.pid = pid;
        this.descriptor = descriptor;
    }

    /**
     * Takes hold of a process, also of one that has ended and was not reaped.
     *
     * @throws LinuxException {@code ESRCH} if there is none
     */
    public static PidFd open(int pid) throws LinuxException {
        long fd = LibC.syscall(PIDFD_OPEN, pid, 0L, 0L);
        LibC.check(fd, "pidfd_open", "pid " + pid);
        return new PidFd(pid, new Descriptor((int) fd, "pid " + pid));
    }

    /**
     * Takes hold of a process that was recorded with its start time.
     *
     * @return nothing if it has ended, whoever has its number now
     */
    public static Optional<PidFd> open(int pid, long startTime) throws LinuxException {
        PidFd held;
        try {
            held = open(pid);
        } catch (LinuxException e) {
            if (e.is(Errno.ESRCH)) {
                return Optional.empty();
            }
            throw e;
        }
        // Looked at while held: the number cannot pass on between look and use.
        if (ProcessStatus.isAlive(pid, startTime)) {
            return Optional.of(held);
        }
        held.close();
        return Optional.empty();
    }

    /** Says whether it has ended. */
    public boolean hasExited() throws LinuxException {
        return descriptor.isReadable(0);
    }

    /**
     * Waits for its end.
     *
     * @param atMost how long
     * @return whether it has ended
     * @throws InterruptedException within a tenth of a second of the interrupt
     */
    public boolean awaitExit(Duration atMost) throws LinuxException, InterruptedException {
        return descriptor.awaitReadable(atMost);
    }

    /**
     * Sends a signal.
     *
     * @return whether it was there to be signalled; {@code false} if it has ended
     */
    public boolean signal(int signal) throws LinuxException {
        long result =
                descriptor.use(fd -> LibC.syscall(PIDFD_SEND_SIGNAL, fd, signal, (byte[]) null, 0));
        if (result == 0) {
            return true;
        }
        LinuxException e = LibC.failure("pidfd_send_signal", descriptor.path());
        if (e.is(Errno.ESRCH)) {
            return false;
        }
        throw e;
    }

    /**
     * Asks how a process ended, also one that is no child of ours.
     *
     * @return nothing while it runs, before its parent has reaped it, and on Linux before 6.15
     */
    public Optional<WaitStatus> exitStatus() throws LinuxException {
        ByteBuffer info = ByteBuffer.allocate(INFO_SIZE).order(ByteOrder.nativeOrder());
        info.putLong(0, INFO_EXIT);
        int result = descriptor.use(fd -> LibC.ioctl(fd, GET_INFO, info.array()));
        if (result < 0) {
            LinuxException e = LibC.failure("PIDFD_GET_INFO", descriptor.path());
            if (e.is(Errno.ENOTTY, Errno.EINVAL, Errno.ESRCH)) {
                return Optional.empty();
            }
            throw e;
        }
        boolean known = (info.getLong(0) & INFO_EXIT) != 0;
        return known ? Optional.of(new WaitStatus(info.getInt(EXIT_AT))) : Optional.empty();
    }

    /** Returns the process's number. */
    public int pid() {
        return pid;
    }

    Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        descriptor.close();
    }
}

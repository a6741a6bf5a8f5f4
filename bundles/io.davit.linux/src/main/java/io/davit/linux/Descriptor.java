package io.davit.linux;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file of the kernel.
 *
 * <p><b>Threads.</b> Safe for use by many threads. A descriptor closed while another thread is in a
 * call on it is given back when that call has ended, so that its number cannot be reused meanwhile;
 * later calls fail with {@code EBADF}. Closing does not wake a blocked read.
 */
public final class Descriptor implements AutoCloseable {
    private static final long UNREAD = 0x541b;

    private static final int CLOSED = 1 << 30;
    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;
    private static final long SLICE_MILLIS = 100;
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int LOCK_UN = 8;

    private final int number;
    private final String path;

    /** Calls under way, plus {@code CLOSED} once closed. */
    private final AtomicInteger users = new AtomicInteger();

    Descriptor(int number, String path) {
        this.number = number;
        this.path = path;
    }

    /** Opens a file that the caller trusts by its absolute path; links are followed. */
    public static Descriptor open(String path, Set<OpenFlag> flags) throws LinuxException {
        int fd = LibC.openat(-1, LibC.text(path), OpenFlag.bits(flags), 0);
        return new Descriptor(LibC.check(fd, "open", path), path);
    }

    /** A call that needs the number. */
    interface Call<T> {
        T on(int fd) throws LinuxException;
    }

    /** Runs a call with the number, which stays valid for its duration. */
    <T> T use(Call<T> call) throws LinuxException {
        int before = users.getAndUpdate(n -> n < CLOSED ? n + 1 : n);
        if (before >= CLOSED) {
            throw new LinuxException(Errno.EBADF, "use", path, "closed");
        }
        try {
            return call.on(number);
        } finally {
            if (users.decrementAndGet() == CLOSED) {
                LibC.close(number);
            }
        }
    }

    /** Closes it. Repeated calls have no effect. */
    @Override
    public void close() {
        if (users.getAndUpdate(n -> n | CLOSED) == 0) {
            LibC.close(number);
        }
    }

    /** Returns what was opened, for messages. */
    public String path() {
        return path;
    }

    /**
     * Returns a path that leads to this very file while it is open, for calls that take only paths.
     */
    public Path procPath() {
        return Path.of("/proc/self/fd/" + number);
    }

    /** Asks the kernel for its absolute path as it is now. */
    public String currentPath() throws LinuxException {
        byte[] proc = LibC.text(procPath().toString());
        return use(fd -> Links.read(-1, proc, path));
    }

    /** Reads its status. */
    public FileStatus status() throws LinuxException {
        return use(fd -> FileStatus.of(fd, path));
    }

    /**
     * Reads from the current place.
     *
     * @return how many bytes came, 0 at the end of the file
     */
    public int read(byte[] to) throws LinuxException {
        return (int) (long) use(fd -> LibC.check(LibC.read(fd, to, to.length), "read", path));
    }

    /**
     * Reads from a place.
     *
     * @return how many bytes came, 0 at the end of the file
     */
    public int read(byte[] to, long offset) throws LinuxException {
        return (int)
                (long) use(fd -> LibC.check(LibC.pread(fd, to, to.length, offset), "pread", path));
    }

    /**
     * Reads everything from the start of the file.
     *
     * @param limit the most bytes; more is {@code EFBIG}
     */
    public byte[] readAll(int limit) throws LinuxException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] chunk = new byte[Math.min(limit, 8191) + 1];
        for (int n = read(chunk, 0); n > 0; n = read(chunk, all.size())) {
            all.write(chunk, 0, n);
            if (all.size() > limit) {
                throw new LinuxException(Errno.EFBIG, "read", path, "more than " + limit);
            }
        }
        return all.toByteArray();
    }

    /**
     * Waits until a read would not wait: because there is something, or because it has ended.
     *
     * @param atMost how long
     * @return whether it is so
     * @throws InterruptedException within a tenth of a second of the interrupt
     */
    public boolean awaitReadable(Duration atMost) throws LinuxException, InterruptedException {
        return await(POLLIN, atMost);
    }

    /**
     * Waits until a write would not wait: because there is room, or because it would fail.
     *
     * @param atMost how long
     * @return whether it is so
     * @throws InterruptedException within a tenth of a second of the interrupt
     */
    public boolean awaitWritable(Duration atMost) throws LinuxException, InterruptedException {
        return await(POLLOUT, atMost);
    }

    private boolean await(short event, Duration atMost)
            throws LinuxException, InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long left = Math.max(0, (end - System.nanoTime() + 999_999) / 1_000_000);
            // poll(2) does not notice an interrupt, so it waits in slices.
            if (isReady(event, Math.min(left, SLICE_MILLIS))) {
                return true;
            }
            if (left == 0) {
                return false;
            }
        }
    }

    /** Polls for something to read. */
    boolean isReadable(long millis) throws LinuxException {
        return isReady(POLLIN, millis);
    }

    private boolean isReady(short event, long millis) throws LinuxException {
        ByteBuffer b = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        int ready =
                use(
                        fd -> {
                            b.putInt(0, fd).putShort(4, event);
                            return LibC.poll(b.array(), 1, (int) millis);
                        });
        if (ready < 0 && LibC.failure("poll", path).is(Errno.EINTR)) {
            return false;
        }
        return LibC.check(ready, "poll", path) > 0;
    }

    /** Writes all bytes at the current place. */
    public void write(byte[] from) throws LinuxException {
        use(
                fd -> {
                    byte[] rest = from;
                    while (rest.length > 0) {
                        int n = (int) LibC.check(LibC.write(fd, rest, rest.length), "write", path);
                        rest = Arrays.copyOfRange(rest, n, rest.length);
                    }
                    return null;
                });
    }

    /**
     * Writes what there is room for now, at the current place of what was opened not to wait.
     *
     * @return how many bytes went, from the first on; 0 when there is no room
     */
    public int writeSome(byte[] from) throws LinuxException {
        return use(
                fd -> {
                    int n = (int) LibC.write(fd, from, from.length);
                    if (n < 0 && LibC.failure("write", path).is(Errno.EAGAIN, Errno.EINTR)) {
                        return 0;
                    }
                    return LibC.check(n, "write", path);
                });
    }

    /** Returns how many bytes in this pipe nobody has read yet. */
    public int unread() throws LinuxException {
        byte[] count = new byte[Integer.BYTES];
        LibC.check(use(fd -> LibC.ioctl(fd, UNREAD, count)), "FIONREAD", path);
        return ByteBuffer.wrap(count).order(ByteOrder.nativeOrder()).getInt();
    }

    /** Cuts or extends the file; what is added is a hole. */
    public void truncate(long size) throws LinuxException {
        use(fd -> LibC.check(LibC.ftruncate(fd, size), "ftruncate", path));
    }

    /**
     * Takes a lock on the whole file without waiting; it goes with the last descriptor of this
     * opening.
     *
     * @param exclusive whether nobody else may hold one
     * @return whether it was taken; {@code false} if another opening holds it
     */
    public boolean tryLock(boolean exclusive) throws LinuxException {
        int operation = (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB;
        return use(
                fd -> {
                    if (LibC.flock(fd, operation) == 0) {
                        return true;
                    }
                    LinuxException e = LibC.failure("flock", path);
                    if (e.is(Errno.EAGAIN)) {
                        return false;
                    }
                    throw e;
                });
    }

    /** Gives the lock back. */
    public void unlock() throws LinuxException {
        use(fd -> LibC.check(LibC.flock(fd, LOCK_UN), "flock", path));
    }

    /** Waits until the file, or the entries of a directory, are on the disk. */
    public void sync() throws LinuxException {
        use(fd -> LibC.check(LibC.fsync(fd), "fsync", path));
    }

    /** Sets the permission bits exactly. */
    public void chmod(int mode) throws LinuxException {
        use(fd -> LibC.check(LibC.fchmod(fd, mode), "fchmod", path));
    }

    /** Sets the owner. */
    public void chown(Owner owner) throws LinuxException {
        use(fd -> LibC.check(LibC.fchown(fd, owner.uid(), owner.gid()), "fchown", path));
    }

    @Override
    public String toString() {
        return "fd " + number + " " + path;
    }
}

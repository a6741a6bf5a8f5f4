package io.davit.linux;

import com.sun.jna.Native;

import java.nio.charset.StandardCharsets;

/**
 * The C library's functions, mapped directly; the only class that names JNA.
 *
 * <p>64-bit Linux only. Each returns -1 on failure; {@link #failure} then turns the thread's error
 * number, which JNA has kept from the call, into an exception.
 */
final class LibC {
    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native int openat(int dir, byte[] path, int flags, int mode);

    static native int close(int fd);

    static native long read(int fd, byte[] to, long count);

    static native long write(int fd, byte[] from, long count);

    static native long pread(int fd, byte[] to, long count, long offset);

    static native long pwrite(int fd, byte[] from, long count, long offset);

    static native int ftruncate(int fd, long size);

    static native int fsync(int fd);

    static native long lseek(int fd, long offset, int whence);

    static native long getdents64(int fd, byte[] to, long count);

    static native int mkdirat(int dir, byte[] path, int mode);

    static native int mknodat(int dir, byte[] path, int mode, long device);

    static native int unlinkat(int dir, byte[] path, int flags);

    static native int linkat(int fromDir, byte[] from, int toDir, byte[] to, int flags);

    static native int symlinkat(byte[] text, int dir, byte[] path);

    static native long readlinkat(int dir, byte[] path, byte[] to, long count);

    static native int renameat2(int fromDir, byte[] from, int toDir, byte[] to, int flags);

    static native int fchmod(int fd, int mode);

    static native int chmod(byte[] path, int mode);

    static native int fchown(int fd, int uid, int gid);

    static native int fchownat(int dir, byte[] path, int uid, int gid, int flags);

    static native int statx(int dir, byte[] path, int flags, int mask, byte[] to);

    static native int flock(int fd, int operation);

    static native int fcntl(int fd, int command, byte[] argument);

    static native int geteuid();

    static native int getegid();

    /** openat2: directory, path, open_how and its size. */
    static native long syscall(long number, long dir, byte[] path, byte[] how, long size);

    /** Turns a text into what C takes: UTF-8 with a NUL at the end. */
    static byte[] text(String text) throws LinuxException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return terminated(bytes, text);
    }

    /** Adds a NUL to raw bytes, which must not hold one. */
    static byte[] terminated(byte[] bytes, String text) throws LinuxException {
        byte[] out = new byte[bytes.length + 1];
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                throw new LinuxException(Errno.EINVAL, "path", text, "holds a NUL");
            }
            out[i] = bytes[i];
        }
        return out;
    }

    /** Makes the exception of the call that has just failed on this thread. */
    static LinuxException failure(String call, String path) {
        return new LinuxException(Native.getLastError(), call, path);
    }

    /** Returns the result of a call, or throws its failure. */
    static int check(int result, String call, String path) throws LinuxException {
        if (result < 0) {
            throw failure(call, path);
        }
        return result;
    }

    /** Returns the result of a call, or throws its failure. */
    static long check(long result, String call, String path) throws LinuxException {
        if (result < 0) {
            throw failure(call, path);
        }
        return result;
    }
}

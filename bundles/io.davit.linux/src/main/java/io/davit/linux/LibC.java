package io.davit.linux;

import com.sun.jna.Native;

import java.nio.charset.StandardCharsets;

/**
 * The C library's functions, mapped directly; with {@link SpawnCalls} the only class that names
 * JNA.
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

    static native int mount(byte[] source, byte[] target, byte[] type, long flags, byte[] data);

    static native int umount2(byte[] target, int flags);

    static native int statfs(byte[] path, byte[] to);

    static native int ioctl(int fd, long request, byte[] argument);

    static native int ioctl(int fd, long request, long argument);

    static native int poll(byte[] fds, long count, int millis);

    static native int unshare(int flags);

    static native int chdir(byte[] path);

    static native int prctl(int option, long a, long b, long c, long d);

    static native int waitpid(int pid, byte[] status, int options);

    static native int epoll_create1(int flags);

    static native int epoll_ctl(int epoll, int operation, int fd, byte[] event);

    static native int epoll_wait(int epoll, byte[] events, int count, int millis);

    static native int eventfd(int count, int flags);

    static native int pipe2(byte[] both, int flags);

    static native int socket(int family, int type, int protocol);

    static native int connect(int fd, byte[] address, int length);

    static native int shutdown(int fd, int how);

    static native long recv(int fd, byte[] to, long count, int flags);

    static native long send(int fd, byte[] from, long count, int flags);

    static native int fcntl(int fd, int command, long argument);

    static native int getpagesize();

    static native int geteuid();

    static native int getegid();

    /** openat2: directory, path, open_how and its size. */
    static native long syscall(long number, long dir, byte[] path, byte[] how, long size);

    /** pidfd_open, fsmount: plain numbers. */
    static native long syscall(long number, long a, long b, long c);

    /** pidfd_send_signal: pidfd, signal, siginfo, flags. */
    static native long syscall(long number, long a, long b, byte[] c, long d);

    /** open_tree: directory, path, flags. */
    static native long syscall(long number, long dir, byte[] path, long flags);

    /** fsopen: type, flags. */
    static native long syscall(long number, byte[] type, long flags);

    /**
     * mount_setattr: descriptor, path, flags, mount_attr and its size; move_mount: from directory
     * and path, to directory and path, flags.
     */
    static native long syscall(long number, long dir, byte[] path, long b, byte[] other, long c);

    /** fsconfig: descriptor, command, key, value, auxiliary number. */
    static native long syscall(
            long number, long fd, long command, byte[] key, byte[] value, long auxiliary);

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

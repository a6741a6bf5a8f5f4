package io.davit.linux;

/** The error numbers of Linux that callers branch on (the numbers of x86-64 and arm64). */
public enum Errno {
    /** Any number that is not listed here; see {@link LinuxException#number}. */
    OTHER(0),
    /** Operation not permitted. */
    EPERM(1),
    /** No such file or directory. */
    ENOENT(2),
    /** No such process. */
    ESRCH(3),
    /** Interrupted by a signal. */
    EINTR(4),
    /** Input or output failed. */
    EIO(5),
    /** No such device or address. */
    ENXIO(6),
    /** Argument list too long. */
    E2BIG(7),
    /** Bad descriptor. */
    EBADF(9),
    /** No child processes. */
    ECHILD(10),
    /** Try again, or it would block. */
    EAGAIN(11),
    /** Out of memory. */
    ENOMEM(12),
    /** Permission denied. */
    EACCES(13),
    /** Block device required. */
    ENOTBLK(15),
    /** Device or resource busy. */
    EBUSY(16),
    /** File exists. */
    EEXIST(17),
    /** Leads across a mount or out of a root. */
    EXDEV(18),
    /** No such device. */
    ENODEV(19),
    /** Not a directory. */
    ENOTDIR(20),
    /** Is a directory. */
    EISDIR(21),
    /** Invalid argument. */
    EINVAL(22),
    /** Too many open files in the system. */
    ENFILE(23),
    /** Too many open files. */
    EMFILE(24),
    /** Inappropriate ioctl. */
    ENOTTY(25),
    /** File too large. */
    EFBIG(27),
    /** No space left. */
    ENOSPC(28),
    /** Illegal seek. */
    ESPIPE(29),
    /** Read-only filesystem. */
    EROFS(30),
    /** Too many links. */
    EMLINK(31),
    /** Nobody reads the pipe. */
    EPIPE(32),
    /** Out of range. */
    ERANGE(34),
    /** Name too long. */
    ENAMETOOLONG(36),
    /** The call does not exist in this kernel. */
    ENOSYS(38),
    /** Directory not empty. */
    ENOTEMPTY(39),
    /** Too many links on the way, or a link where none may be. */
    ELOOP(40),
    /** No data. */
    ENODATA(61),
    /** Value too large. */
    EOVERFLOW(75),
    /** The structure needs cleaning: a damaged filesystem. */
    EUCLEAN(117),
    /** Not supported. */
    EOPNOTSUPP(95),
    /** The socket is not connected. */
    ENOTCONN(107),
    /** Timed out. */
    ETIMEDOUT(110),
    /** Nobody listens. */
    ECONNREFUSED(111),
    /** The object went away. */
    ESTALE(116),
    /** Quota used up. */
    EDQUOT(122);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    /** Returns the number; 0 for {@link #OTHER}. */
    public int number() {
        return number;
    }

    /** Finds the constant of a number; {@link #OTHER} when it is not listed. */
    public static Errno of(int number) {
        for (Errno errno : values()) {
            if (errno.number == number) {
                return errno;
            }
        }
        return OTHER;
    }
}

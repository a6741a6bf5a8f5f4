package io.davit.linux;

import java.util.Set;

/** How a file is opened. {@code O_CLOEXEC} is always added. */
public enum OpenFlag {
    /** Reading; alone or with {@link #WRITE}. */
    READ(0, 0),
    /** Writing; alone or with {@link #READ}. */
    WRITE(0, 0),
    /** Every write goes to the end. */
    APPEND(02000, 02000),
    /** Makes the file when it is missing. */
    CREATE(0100, 0100),
    /** With {@link #CREATE}: fails when it exists. */
    EXCLUSIVE(0200, 0200),
    /** Cuts the file to nothing. */
    TRUNCATE(01000, 01000),
    /** Neither opening nor reading waits. */
    NONBLOCK(04000, 04000),
    /** Fails when it is no directory. */
    DIRECTORY(0200000, 040000),
    /** Fails when the last component is a link. */
    NOFOLLOW(0400000, 0100000),
    /** Reads and writes past the page cache. */
    DIRECT(040000, 0200000),
    /** A handle of the place alone: neither readable nor writable, no effect on devices. */
    PATH(010000000, 010000000);

    static final int CLOEXEC = 02000000;

    private final int x86;
    private final int arm;

    OpenFlag(int x86, int arm) {
        this.x86 = x86;
        this.arm = arm;
    }

    int bits() {
        return Machine.ARM ? arm : x86;
    }

    /** Which of the two sets of numbers holds here. */
    private static final class Machine {
        static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));
    }

    /** Joins flags to the number that open(2) takes. */
    static int bits(Set<OpenFlag> flags) {
        int bits = CLOEXEC;
        for (OpenFlag flag : flags) {
            bits |= flag.bits();
        }
        if (flags.contains(WRITE)) {
            bits |= flags.contains(READ) ? 2 : 1;
        }
        return bits;
    }
}

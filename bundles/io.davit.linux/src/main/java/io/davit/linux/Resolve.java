package io.davit.linux;

/**
 * What a path may do on its way down from a directory. Magic links such as those of {@code
 * /proc/PID/fd} are never followed.
 *
 * @param inRoot whether a link that points to {@code /} or past the directory is taken as if the
 *     directory were the root; otherwise such a path is refused with {@code EXDEV}
 * @param links whether symbolic links are followed; otherwise {@code ELOOP}
 * @param mounts whether another mount may be entered; otherwise {@code EXDEV}
 */
public record Resolve(boolean inRoot, boolean links, boolean mounts) {
    /** For what we name: never leaves the directory; links that stay inside are followed. */
    public static final Resolve BENEATH = new Resolve(false, true, true);

    /** For what a container names: the directory is the root. */
    public static final Resolve IN_ROOT = new Resolve(true, true, true);

    private static final long NO_XDEV = 0x01;
    private static final long NO_MAGICLINKS = 0x02;
    private static final long NO_SYMLINKS = 0x04;
    private static final long STAY_BENEATH = 0x08;
    private static final long STAY_IN_ROOT = 0x10;

    /** Makes the same rule, but without following links. */
    public Resolve withoutLinks() {
        return new Resolve(inRoot, false, mounts);
    }

    /** Makes the same rule, but within one mount. */
    public Resolve withoutMounts() {
        return new Resolve(inRoot, links, false);
    }

    /** Returns the bits of {@code open_how.resolve}. */
    long bits() {
        long bits = NO_MAGICLINKS | (inRoot ? STAY_IN_ROOT : STAY_BENEATH);
        bits |= links ? 0 : NO_SYMLINKS;
        return bits | (mounts ? 0 : NO_XDEV);
    }
}

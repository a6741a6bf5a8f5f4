package io.davit.linux;

/**
 * Whom a file belongs to.
 *
 * @param uid the user, 0 to 2147483647, or -1 to leave it
 * @param gid the group, 0 to 2147483647, or -1 to leave it
 */
public record Owner(int uid, int gid) {
    /** Leaves user and group as they are. */
    public static final Owner UNCHANGED = new Owner(-1, -1);

    /** Refuses other negative numbers. */
    public Owner {
        if (uid < -1 || gid < -1) {
            throw new IllegalArgumentException("negative owner: uid=" + uid + " gid=" + gid);
        }
    }

    /** Returns the user and group this process acts as. */
    public static Owner ofProcess() {
        return new Owner(LibC.geteuid(), LibC.getegid());
    }

    /** Says whether a file belongs to this owner already; -1 matches everybody. */
    public boolean matches(FileStatus status) {
        return (uid == -1 || uid == status.uid()) && (gid == -1 || gid == status.gid());
    }
}

package io.davit.shim.wasm;

/** What is known of a file; times in nanoseconds since 1970. */
record FileStat(
        long dev,
        long ino,
        FileType type,
        long links,
        long size,
        long atime,
        long mtime,
        long ctime) {
    boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }

    boolean isLink() {
        return type == FileType.SYMBOLIC_LINK;
    }

    boolean isRegular() {
        return type == FileType.REGULAR_FILE;
    }

    /** Says whether both are the same file. */
    boolean sameFile(FileStat other) {
        return dev == other.dev && ino == other.ino;
    }

    /** What stays the same unless the file changes. */
    FileStat unread() {
        return new FileStat(dev, ino, type, links, size, 0, mtime, ctime);
    }

    /** The same file with another size. */
    FileStat withSize(long newSize) {
        return new FileStat(dev, ino, type, links, newSize, atime, mtime, ctime);
    }
}

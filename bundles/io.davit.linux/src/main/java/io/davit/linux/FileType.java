package io.davit.linux;

/** What a directory entry is. */
public enum FileType {
    /** A regular file. */
    REGULAR(0100000, 8),
    /** A directory. */
    DIRECTORY(0040000, 4),
    /** A symbolic link. */
    LINK(0120000, 10),
    /** A named pipe. */
    FIFO(0010000, 1),
    /** A socket. */
    SOCKET(0140000, 12),
    /** A character device. */
    CHARACTER_DEVICE(0020000, 2),
    /** A block device. */
    BLOCK_DEVICE(0060000, 6),
    /** What the filesystem does not tell. */
    UNKNOWN(0, 0);

    static final int MASK = 0170000;

    private final int modeBits;
    private final int entryType;

    FileType(int modeBits, int entryType) {
        this.modeBits = modeBits;
        this.entryType = entryType;
    }

    int modeBits() {
        return modeBits;
    }

    static FileType ofMode(int mode) {
        for (FileType type : values()) {
            if (type.modeBits == (mode & MASK)) {
                return type;
            }
        }
        return UNKNOWN;
    }

    static FileType ofEntry(int entryType) {
        for (FileType type : values()) {
            if (type.entryType == entryType) {
                return type;
            }
        }
        return UNKNOWN;
    }
}

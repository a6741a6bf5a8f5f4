package io.davit.shim.wasm;

/** How WASI writes what is known of a file, and reads new times. */
final class FileStats {
    private static final int SIZE = 64;
    private static final int SET_ACCESSED = 1;
    private static final int ACCESSED_NOW = 1 << 1;
    private static final int SET_MODIFIED = 1 << 2;
    private static final int MODIFIED_NOW = 1 << 3;
    private static final int ALL = 15;

    private FileStats() {}

    static void put(MemoryPort memory, int at, FileStat stat) throws ErrnoException {
        memory.putZeros(at, SIZE);
        memory.putLong(at, stat.dev());
        memory.putLong(at + 8, stat.ino());
        memory.putByte(at + 16, stat.type().ordinal());
        memory.putLong(at + 24, stat.links());
        memory.putLong(at + 32, stat.size());
        memory.putLong(at + 40, stat.atime());
        memory.putLong(at + 48, stat.mtime());
        memory.putLong(at + 56, stat.ctime());
    }

    static FileTimes times(GuestHost host, long accessed, long modified, int flags)
            throws ErrnoException {
        boolean both =
                (flags & (SET_ACCESSED | ACCESSED_NOW)) == (SET_ACCESSED | ACCESSED_NOW)
                        || (flags & (SET_MODIFIED | MODIFIED_NOW)) == (SET_MODIFIED | MODIFIED_NOW);
        if (both || (flags & ~ALL) != 0) {
            throw new ErrnoException(Errno.INVAL);
        }
        return new FileTimes(
                time(host, accessed, flags & SET_ACCESSED, flags & ACCESSED_NOW),
                time(host, modified, flags & SET_MODIFIED, flags & MODIFIED_NOW));
    }

    private static Long time(GuestHost host, long given, int set, int now) {
        return set != 0 ? Long.valueOf(given) : now != 0 ? Long.valueOf(host.realTime()) : null;
    }
}

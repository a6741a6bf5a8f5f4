package io.davit.shim.wasm;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** One file, link or directory in memory. Guarded by its volume. */
final class MemoryNode {
    private static final int BLOCK = 4096;
    private static final byte[] ZEROS = new byte[BLOCK];

    private final MemoryVolume volume;
    private final FileType type;
    private final long ino;

    /** The names of a directory. */
    final Map<String, MemoryNode> children = new LinkedHashMap<>();

    /** The directory a directory is in; {@code null} for the top and for what was removed. */
    MemoryNode parent;

    /** The text of a link. */
    String target = "";

    /** How many names lead here. */
    int names;

    /** How many descriptors hold a file open. */
    int opens;

    long accessed;
    long modified;
    long changed;

    private byte[][] blocks = new byte[0][];
    private long size;

    MemoryNode(MemoryVolume volume, FileType type, long ino, long now) {
        this.volume = volume;
        this.type = type;
        this.ino = ino;
        this.accessed = now;
        this.modified = now;
        this.changed = now;
    }

    boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }

    FileType type() {
        return type;
    }

    long ino() {
        return ino;
    }

    long size() {
        return type == FileType.SYMBOLIC_LINK ? target.length() : size;
    }

    FileStat stat() {
        long links = isDirectory() ? 2 : names;
        return new FileStat(volume.dev(), ino, type, links, size(), accessed, modified, changed);
    }

    void touch() {
        modified = MemoryVolume.now();
        changed = modified;
    }

    int read(java.nio.ByteBuffer into, long position) {
        int total = 0;
        while (into.hasRemaining() && position + total < size) {
            long at = position + total;
            int offset = (int) (at % BLOCK);
            int count = (int) Math.min(Math.min(into.remaining(), BLOCK - offset), size - at);
            long slot = at / BLOCK;
            byte[] block = slot < blocks.length ? blocks[(int) slot] : null;
            into.put(block == null ? ZEROS : block, offset, count);
            total += count;
        }
        return total;
    }

    /** Writes what there is room for; {@code NOSPC} when there is none at all. */
    int write(java.nio.ByteBuffer from, long position) throws ErrnoException {
        int total = 0;
        while (from.hasRemaining()) {
            long at = position + total;
            int offset = (int) (at % BLOCK);
            int count = Math.min(from.remaining(), BLOCK - offset);
            try {
                from.get(block(at), offset, count);
            } catch (ErrnoException e) {
                if (total > 0) {
                    break;
                }
                throw e;
            }
            total += count;
            size = Math.max(size, at + count);
        }
        touch();
        return total;
    }

    private byte[] block(long at) throws ErrnoException {
        long index = at / BLOCK;
        if (index >= Integer.MAX_VALUE - 8) {
            throw new ErrnoException(Errno.FBIG);
        }
        int slot = (int) index;
        if (slot >= blocks.length) {
            int grown =
                    (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(slot + 1L, blocks.length * 2L));
            // The table is paid for too, or a sparse file would be a way to take memory for
            // nothing.
            long extra = (grown - blocks.length) * 8L;
            volume.take(extra);
            blocks = Arrays.copyOf(blocks, grown);
        }
        if (blocks[slot] == null) {
            volume.take(BLOCK);
            blocks[slot] = new byte[BLOCK];
        }
        return blocks[slot];
    }

    void truncate(long newSize) {
        int keep = (int) Math.min(blocks.length, (newSize + BLOCK - 1) / BLOCK);
        for (int i = keep; i < blocks.length; i++) {
            if (blocks[i] != null) {
                blocks[i] = null;
                volume.give(BLOCK);
            }
        }
        int tail = (int) (newSize % BLOCK);
        if (tail > 0 && keep > 0 && newSize < size && blocks[keep - 1] != null) {
            Arrays.fill(blocks[keep - 1], tail, BLOCK, (byte) 0);
        }
        size = newSize;
        touch();
    }

    /** Gives the memory back once neither a name nor a descriptor leads here. */
    void dropIfUnused() {
        if (names == 0 && opens == 0) {
            truncate(0);
            volume.give(blocks.length * 8L);
            blocks = new byte[0][];
            volume.nodeGone();
        }
    }
}

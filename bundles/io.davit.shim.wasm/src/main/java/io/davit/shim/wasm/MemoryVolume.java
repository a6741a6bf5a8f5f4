package io.davit.shim.wasm;

import java.time.Instant;

/**
 * A tmpfs: files in memory, bounded in bytes and in files.
 *
 * <p>One lock, the volume itself, guards everything in it; nothing blocks with it held.
 */
final class MemoryVolume implements Volume {
    private final long mostBytes;
    private final int mostNodes;
    private final boolean readOnly;
    private final MemoryBudget budget;
    private final MemoryNode top;

    private long bytes;
    private int nodes;
    private long lastIno;

    MemoryVolume(long mostBytes, int mostNodes, boolean readOnly, MemoryBudget budget) {
        this.budget = budget;
        this.mostBytes = mostBytes;
        this.mostNodes = mostNodes;
        this.readOnly = readOnly;
        this.top = node(FileType.DIRECTORY);
    }

    @Override
    public Dir root() {
        return new MemoryDir(this, top);
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    /** How many bytes its files hold. */
    synchronized long bytes() {
        return bytes;
    }

    /** Makes a file of a type, if there is room for one more. */
    MemoryNode newNode(FileType type) throws ErrnoException {
        if (nodes >= mostNodes) {
            throw new ErrnoException(Errno.NOSPC);
        }
        return node(type);
    }

    private MemoryNode node(FileType type) {
        nodes++;
        return new MemoryNode(this, type, ++lastIno, now());
    }

    void nodeGone() {
        nodes--;
    }

    /** Sets bytes aside, or fails when the volume is full. */
    void take(long count) throws ErrnoException {
        if (count > mostBytes - bytes || !budget.take(count)) {
            throw new ErrnoException(Errno.NOSPC);
        }
        bytes += count;
    }

    void give(long count) {
        bytes -= count;
        budget.give(count);
    }

    /** The device number that tells volumes apart. */
    long dev() {
        return System.identityHashCode(this) & 0xffff_ffffL;
    }

    static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    @Override
    public synchronized void close() {
        budget.give(bytes);
        bytes = 0;
    }
}

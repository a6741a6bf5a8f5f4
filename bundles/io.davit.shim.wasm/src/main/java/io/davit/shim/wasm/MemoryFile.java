package io.davit.shim.wasm;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** An open file in memory. */
final class MemoryFile implements GuestFile {
    private final MemoryVolume volume;
    private final MemoryNode node;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Opens a node; the volume's lock is held. */
    MemoryFile(MemoryVolume volume, MemoryNode node) {
        this.volume = volume;
        this.node = node;
        node.opens++;
    }

    @Override
    public int read(ByteBuffer into, long position) {
        synchronized (volume) {
            return node.read(into, position);
        }
    }

    @Override
    public int write(ByteBuffer from, long position) throws ErrnoException {
        synchronized (volume) {
            return node.write(from, position);
        }
    }

    @Override
    public long append(ByteBuffer from) throws ErrnoException {
        synchronized (volume) {
            long end = node.size();
            return end + node.write(from, end);
        }
    }

    @Override
    public long size() {
        synchronized (volume) {
            return node.size();
        }
    }

    @Override
    public void truncate(long size) {
        synchronized (volume) {
            node.truncate(size);
        }
    }

    @Override
    public void sync(boolean metadata) {
        // Memory is as durable as it gets.
    }

    @Override
    public FileStat stat() {
        synchronized (volume) {
            return node.stat();
        }
    }

    @Override
    public void setTimes(FileTimes times) {
        synchronized (volume) {
            MemoryDir.setTimes(node, times);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            synchronized (volume) {
                node.opens--;
                node.dropIfUnused();
            }
        }
    }
}

package io.davit.shim.wasm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Reads a directory in portions, as {@code fd_readdir} wants it: a cookie counts the names before.
 * Remembers no more than the last portion, however large the directory is.
 */
final class DirReader {
    private static final int HEADER = 24;

    private final Place place;

    /** The names from {@link #first} on that were read and may be asked for again. */
    private final Deque<Entries.Entry> portion = new ArrayDeque<>();

    private Entries entries;
    private long first;

    /** The cookie of the next name to be read. */
    private long next;

    DirReader(Place place) {
        this.place = place;
    }

    /** Writes names from a cookie on; returns the bytes used, all of them unless the names end. */
    int read(MemoryPort memory, int address, int length, long cookie) throws ErrnoException {
        seek(cookie);
        int used = 0;
        for (Entries.Entry each : portion) {
            used = put(memory, address, length, used, each, ++cookie);
            if (used == length) {
                return used;
            }
        }
        while (used < length) {
            Entries.Entry each = readNext();
            if (each == null) {
                return used;
            }
            portion.add(each);
            used = put(memory, address, length, used, each, ++cookie);
        }
        return used;
    }

    private void seek(long cookie) throws ErrnoException {
        if (cookie < 0) {
            throw new ErrnoException(Errno.INVAL);
        }
        if (entries == null || cookie == 0 || cookie < first) {
            restart();
        }
        while (first < cookie && !portion.isEmpty()) {
            portion.remove();
            first++;
        }
        while (next < cookie && readNext() != null) {
            first = next;
        }
        if (portion.isEmpty()) {
            first = next;
        }
    }

    private void restart() throws ErrnoException {
        close();
        portion.clear();
        first = 0;
        next = 0;
        entries = place.list();
    }

    private Entries.Entry readNext() throws ErrnoException {
        Entries.Entry entry;
        if (next < 2) {
            String name = next == 0 ? "." : "..";
            entry = new Entries.Entry(name, FileType.DIRECTORY, place.dir().stat().ino());
        } else {
            entry = entries.next();
        }
        if (entry != null) {
            next++;
        }
        return entry;
    }

    private static int put(
            MemoryPort memory, int address, int length, int used, Entries.Entry entry, long cookie)
            throws ErrnoException {
        byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
        byte[] record = new byte[HEADER + name.length];
        java.nio.ByteBuffer.wrap(record)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putLong(cookie)
                .putLong(entry.ino())
                .putInt(name.length)
                .put((byte) entry.type().ordinal())
                .put(new byte[3])
                .put(name);
        int count = Math.min(record.length, length - used);
        memory.putBytes(address + used, record, count);
        return used + count;
    }

    void close() {
        if (entries != null) {
            entries.close();
            entries = null;
        }
    }
}

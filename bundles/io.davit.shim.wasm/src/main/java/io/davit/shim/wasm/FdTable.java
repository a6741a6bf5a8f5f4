package io.davit.shim.wasm;

import java.util.Arrays;

/** The descriptors of one process by number. Confined to the guest's thread. */
final class FdTable {
    static final int MOST = 1024;

    private Descriptor[] slots = new Descriptor[8];

    /** Gives a descriptor the lowest free number. */
    int add(Descriptor descriptor) throws ErrnoException {
        for (int i = 0; i < slots.length; i++) {
            if (slots[i] == null) {
                slots[i] = descriptor;
                return i;
            }
        }
        if (slots.length >= MOST) {
            throw new ErrnoException(Errno.MFILE);
        }
        int fd = slots.length;
        slots = Arrays.copyOf(slots, Math.min(MOST, fd * 2));
        slots[fd] = descriptor;
        return fd;
    }

    /** Fails before a file is opened that would find no number. */
    void requireRoom() throws ErrnoException {
        if (slots.length < MOST) {
            return;
        }
        for (Descriptor each : slots) {
            if (each == null) {
                return;
            }
        }
        throw new ErrnoException(Errno.MFILE);
    }

    Descriptor get(int fd) throws ErrnoException {
        if (fd < 0 || fd >= slots.length || slots[fd] == null) {
            throw new ErrnoException(Errno.BADF);
        }
        return slots[fd];
    }

    Descriptor get(int fd, long right) throws ErrnoException {
        Descriptor found = get(fd);
        found.require(right);
        return found;
    }

    Descriptor.OfFile file(int fd, long right) throws ErrnoException {
        Descriptor found = get(fd);
        if (found instanceof Descriptor.OfFile file) {
            file.require(right);
            return file;
        }
        throw new ErrnoException(
                found instanceof Descriptor.OfDir
                        ? right == Rights.FD_READ || right == Rights.FD_WRITE
                                ? Errno.ISDIR
                                : Errno.BADF
                        : Errno.SPIPE);
    }

    Descriptor.OfDir directory(int fd, long right) throws ErrnoException {
        if (get(fd) instanceof Descriptor.OfDir directory) {
            directory.require(right);
            return directory;
        }
        throw new ErrnoException(Errno.NOTDIR);
    }

    void close(int fd) throws ErrnoException {
        Descriptor found = get(fd);
        slots[fd] = null;
        found.close();
    }

    /** Gives a descriptor the number of another, which is closed. */
    void renumber(int from, int to) throws ErrnoException {
        Descriptor moved = get(from);
        Descriptor replaced = get(to);
        if (from == to) {
            return;
        }
        slots[from] = null;
        slots[to] = moved;
        replaced.close();
    }

    void closeAll() {
        for (int i = 0; i < slots.length; i++) {
            if (slots[i] != null) {
                slots[i].close();
                slots[i] = null;
            }
        }
    }
}

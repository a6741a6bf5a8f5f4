package io.davit.shim.wasm;

import java.nio.charset.StandardCharsets;

/** What is done with descriptors, but for moving bytes. */
final class WasiFdCalls {
    private static final int FLAGS = 31;
    private static final int ADVICES = 5;

    private WasiFdCalls() {}

    static void call(WasiFunction function, Guest guest, long[] a) throws ErrnoException {
        FdTable fds = guest.fds();
        MemoryPort memory = guest.memory();
        int fd = (int) a[0];
        switch (function) {
            case FD_ADVISE -> advise(fds.get(fd), a[1], a[2], (int) a[3]);
            case FD_ALLOCATE -> allocate(fds.file(fd, Rights.FD_ALLOCATE).file(), a[1], a[2]);
            case FD_CLOSE -> fds.close(fd);
            case FD_DATASYNC -> sync(fds.get(fd, Rights.FD_DATASYNC | Rights.FD_SYNC), false);
            case FD_FDSTAT_GET -> putFdStat(memory, (int) a[1], fds.get(fd));
            case FD_FDSTAT_SET_FLAGS -> setFlags(fds.get(fd), (int) a[1]);
            case FD_FDSTAT_SET_RIGHTS -> fds.get(fd).narrow(a[1], a[2]);
            case FD_FILESTAT_GET ->
                    FileStats.put(memory, (int) a[1], fds.get(fd, Rights.FD_FILESTAT_GET).stat());
            case FD_FILESTAT_SET_SIZE -> setSize(fds, fd, a[1]);
            case FD_FILESTAT_SET_TIMES -> setTimes(guest, fd, a);
            case FD_PRESTAT_GET -> {
                byte[] name = preopened(fds, fd);
                memory.putInt((int) a[1], 0);
                memory.putInt((int) a[1] + 4, name.length);
            }
            case FD_PRESTAT_DIR_NAME -> {
                byte[] name = preopened(fds, fd);
                if (name.length > Integer.toUnsignedLong((int) a[2])) {
                    throw new ErrnoException(Errno.NAMETOOLONG);
                }
                memory.putBytes((int) a[1], name, name.length);
            }
            case FD_RENUMBER -> fds.renumber(fd, (int) a[1]);
            case FD_SYNC -> sync(fds.get(fd, Rights.FD_SYNC), true);
            default -> throw new ErrnoException(Errno.NOSYS);
        }
    }

    private static void advise(Descriptor descriptor, long offset, long length, int advice)
            throws ErrnoException {
        descriptor.require(Rights.FD_ADVISE);
        if (advice < 0 || advice > ADVICES || offset < 0 || length < 0) {
            throw new ErrnoException(Errno.INVAL);
        }
        if (descriptor instanceof Descriptor.OfDir) {
            throw new ErrnoException(Errno.BADF);
        }
    }

    private static void allocate(GuestFile file, long offset, long length) throws ErrnoException {
        if (offset < 0 || length <= 0 || offset > Long.MAX_VALUE - length) {
            throw new ErrnoException(Errno.INVAL);
        }
        if (file.size() < offset + length) {
            file.truncate(offset + length);
        }
    }

    private static void sync(Descriptor descriptor, boolean metadata) throws ErrnoException {
        if (descriptor instanceof Descriptor.OfFile file) {
            file.file().sync(metadata);
        }
    }

    private static void putFdStat(MemoryPort memory, int at, Descriptor descriptor)
            throws ErrnoException {
        memory.putZeros(at, 24);
        memory.putByte(at, descriptor.type().ordinal());
        memory.putShort(at + 2, descriptor.flags());
        memory.putLong(at + 8, descriptor.rights());
        memory.putLong(at + 16, descriptor.inheriting());
    }

    /** Flags that only say how durable a write is are remembered, and kept by {@code fd_write}. */
    private static void setFlags(Descriptor descriptor, int flags) throws ErrnoException {
        descriptor.require(Rights.FD_FDSTAT_SET_FLAGS);
        if ((flags & ~FLAGS) != 0) {
            throw new ErrnoException(Errno.INVAL);
        }
        descriptor.setFlags(flags);
    }

    private static void setSize(FdTable fds, int fd, long size) throws ErrnoException {
        Descriptor.OfFile file = fds.file(fd, Rights.FD_FILESTAT_SET_SIZE);
        if (size < 0) {
            throw new ErrnoException(Errno.INVAL);
        }
        file.file().truncate(size);
    }

    private static void setTimes(Guest guest, int fd, long[] a) throws ErrnoException {
        Descriptor descriptor = guest.fds().get(fd, Rights.FD_FILESTAT_SET_TIMES);
        FileTimes times = FileStats.times(guest.host(), a[1], a[2], (int) a[3]);
        if (descriptor instanceof Descriptor.OfFile file) {
            file.file().setTimes(times);
        } else if (descriptor instanceof Descriptor.OfDir directory) {
            if (directory.place().dir().volume().readOnly()) {
                throw new ErrnoException(Errno.ROFS);
            }
            directory.place().dir().setTimes(null, times);
        } else {
            throw new ErrnoException(Errno.INVAL);
        }
    }

    private static byte[] preopened(FdTable fds, int fd) throws ErrnoException {
        if (fds.get(fd) instanceof Descriptor.OfDir directory && directory.preopened() != null) {
            return directory.preopened().getBytes(StandardCharsets.UTF_8);
        }
        throw new ErrnoException(Errno.BADF);
    }
}

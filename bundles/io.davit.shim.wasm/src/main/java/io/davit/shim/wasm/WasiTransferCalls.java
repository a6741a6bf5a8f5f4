package io.davit.shim.wasm;

import java.nio.ByteBuffer;

/** Moves bytes between descriptors and the guest's memory, and positions. */
final class WasiTransferCalls {
    private static final int MOST_PIECES = 1024;
    private static final int GATHER = 1 << 16;
    private static final int FROM_START = 0;
    private static final int FROM_HERE = 1;
    private static final int FROM_END = 2;

    private WasiTransferCalls() {}

    static void call(WasiFunction function, Guest guest, long[] a) throws ErrnoException {
        FdTable fds = guest.fds();
        int fd = (int) a[0];
        int pieces = (int) a[1];
        switch (function) {
            case FD_READ -> {
                int count = read(guest, fds.get(fd, Rights.FD_READ), pieces, (int) a[2]);
                guest.memory().putInt((int) a[3], count);
            }
            case FD_WRITE -> {
                int count = write(guest, fds.get(fd, Rights.FD_WRITE), pieces, (int) a[2]);
                guest.memory().putInt((int) a[3], count);
            }
            case FD_PREAD -> {
                GuestFile file = fds.file(fd, Rights.FD_READ).file();
                int count = readFile(guest, file, requirePosition(a[3]), pieces, (int) a[2]);
                guest.memory().putInt((int) a[4], count);
            }
            case FD_PWRITE -> {
                GuestFile file = fds.file(fd, Rights.FD_WRITE).file();
                int count = writeFile(guest, file, requirePosition(a[3]), pieces, (int) a[2]);
                guest.memory().putInt((int) a[4], count);
            }
            case FD_SEEK -> {
                long position = seek(fds.file(fd, Rights.FD_SEEK | Rights.FD_TELL), a);
                guest.memory().putLong((int) a[3], position);
            }
            case FD_TELL -> {
                long position = fds.file(fd, Rights.FD_TELL | Rights.FD_SEEK).position();
                guest.memory().putLong((int) a[1], position);
            }
            case FD_READDIR -> readDir(guest, fd, a);
            default -> throw new ErrnoException(Errno.NOSYS);
        }
    }

    private static long requirePosition(long position) throws ErrnoException {
        if (position < 0) {
            throw new ErrnoException(Errno.INVAL);
        }
        return position;
    }

    private static int requirePieces(int count) throws ErrnoException {
        if (count < 0 || count > MOST_PIECES) {
            throw new ErrnoException(Errno.INVAL);
        }
        return count;
    }

    private static int read(Guest guest, Descriptor from, int pieces, int count)
            throws ErrnoException {
        requirePieces(count);
        if (from instanceof Descriptor.OfStream stream) {
            return readStream(guest, stream.input(), pieces, count);
        }
        if (!(from instanceof Descriptor.OfFile file)) {
            throw new ErrnoException(Errno.ISDIR);
        }
        int done = readFile(guest, file.file(), file.position(), pieces, count);
        file.moveTo(file.position() + done);
        return done;
    }

    /** Reads into the first piece that has room; what a stream has is seldom more. */
    private static int readStream(Guest guest, GuestInput input, int pieces, int count)
            throws ErrnoException {
        MemoryPort memory = guest.memory();
        for (int i = 0; i < count; i++) {
            ByteBuffer piece =
                    memory.target(memory.getInt(pieces + 8 * i), memory.getInt(pieces + 8 * i + 4));
            if (piece.hasRemaining()) {
                guest.control().blocks();
                try {
                    return input.read(piece.array(), piece.position(), piece.remaining());
                } finally {
                    guest.control().unblocks();
                }
            }
        }
        return 0;
    }

    private static int readFile(Guest guest, GuestFile file, long position, int pieces, int count)
            throws ErrnoException {
        MemoryPort memory = guest.memory();
        int done = 0;
        for (int i = 0; i < requirePieces(count); i++) {
            ByteBuffer piece =
                    memory.target(memory.getInt(pieces + 8 * i), memory.getInt(pieces + 8 * i + 4));
            int wanted = piece.remaining();
            int got = file.read(piece, position + done);
            done += got;
            if (got < wanted) {
                break;
            }
        }
        return done;
    }

    private static int write(Guest guest, Descriptor to, int pieces, int count)
            throws ErrnoException {
        requirePieces(count);
        if (to instanceof Descriptor.OfStream stream) {
            return writeStream(guest, stream.output(), pieces, count);
        }
        if (!(to instanceof Descriptor.OfFile file)) {
            throw new ErrnoException(Errno.ISDIR);
        }
        int done =
                (file.flags() & Descriptor.APPEND) != 0
                        ? append(guest, file, pieces, count)
                        : writeFile(guest, file.file(), file.position(), pieces, count);
        if ((file.flags() & Descriptor.APPEND) == 0) {
            file.moveTo(file.position() + done);
        }
        if ((file.flags() & (Descriptor.SYNC | Descriptor.DSYNC)) != 0) {
            file.file().sync((file.flags() & Descriptor.SYNC) != 0);
        }
        return done;
    }

    private static int append(Guest guest, Descriptor.OfFile file, int pieces, int count)
            throws ErrnoException {
        byte[] bytes = gather(guest.memory(), pieces, count);
        file.moveTo(file.file().append(ByteBuffer.wrap(bytes)));
        return bytes.length;
    }

    private static int writeFile(Guest guest, GuestFile file, long position, int pieces, int count)
            throws ErrnoException {
        MemoryPort memory = guest.memory();
        int done = 0;
        for (int i = 0; i < requirePieces(count); i++) {
            ByteBuffer piece =
                    memory.source(memory.getInt(pieces + 8 * i), memory.getInt(pieces + 8 * i + 4));
            int wanted = piece.remaining();
            int put = file.write(piece, position + done);
            done += put;
            if (put < wanted) {
                break;
            }
        }
        return done;
    }

    /** Writes small pieces in one go, so that a line stays whole. */
    private static int writeStream(Guest guest, GuestOutput output, int pieces, int count)
            throws ErrnoException {
        MemoryPort memory = guest.memory();
        guest.control().blocks();
        try {
            if (count > 1 && total(memory, pieces, count) <= GATHER) {
                byte[] bytes = gather(memory, pieces, count);
                output.write(bytes, 0, bytes.length);
                return bytes.length;
            }
            int done = 0;
            for (int i = 0; i < count; i++) {
                ByteBuffer piece =
                        memory.source(
                                memory.getInt(pieces + 8 * i), memory.getInt(pieces + 8 * i + 4));
                output.write(piece.array(), piece.position(), piece.remaining());
                done += piece.remaining();
            }
            return done;
        } finally {
            guest.control().unblocks();
        }
    }

    private static long total(MemoryPort memory, int pieces, int count) throws ErrnoException {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Integer.toUnsignedLong(memory.getInt(pieces + 8 * i + 4));
        }
        return sum;
    }

    private static byte[] gather(MemoryPort memory, int pieces, int count) throws ErrnoException {
        long sum = total(memory, pieces, count);
        if (sum > memory.memory().bytes().length) {
            throw new ErrnoException(Errno.FAULT);
        }
        ByteBuffer all = ByteBuffer.allocate((int) sum);
        for (int i = 0; i < count; i++) {
            all.put(
                    memory.source(
                            memory.getInt(pieces + 8 * i), memory.getInt(pieces + 8 * i + 4)));
        }
        return all.array();
    }

    private static long seek(Descriptor.OfFile file, long[] a) throws ErrnoException {
        long base =
                switch ((int) a[2]) {
                    case FROM_START -> 0;
                    case FROM_HERE -> file.position();
                    case FROM_END -> file.file().size();
                    default -> throw new ErrnoException(Errno.INVAL);
                };
        long position = base + a[1];
        if (position < 0) {
            throw new ErrnoException(Errno.INVAL);
        }
        if (position != file.position()) {
            file.require(Rights.FD_SEEK);
        }
        file.moveTo(position);
        return position;
    }

    private static void readDir(Guest guest, int fd, long[] a) throws ErrnoException {
        Descriptor.OfDir directory = guest.fds().directory(fd, Rights.FD_READDIR);
        int length = (int) a[2];
        guest.memory().memory().requireRange((int) a[1], Integer.toUnsignedLong(length));
        int used = directory.reader().read(guest.memory(), (int) a[1], length, a[3]);
        guest.memory().putInt((int) a[4], used);
    }
}

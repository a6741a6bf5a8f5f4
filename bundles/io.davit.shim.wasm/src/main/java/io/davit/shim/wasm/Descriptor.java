package io.davit.shim.wasm;

/** What a number of the descriptor table stands for. Confined to the guest's thread. */
abstract class Descriptor {
    static final int APPEND = 1;
    static final int DSYNC = 1 << 1;
    static final int NONBLOCK = 1 << 2;
    static final int RSYNC = 1 << 3;
    static final int SYNC = 1 << 4;

    private final FileType type;
    private long rights;
    private long inheriting;
    private int flags;

    Descriptor(FileType type, long rights, long inheriting, int flags) {
        this.type = type;
        this.rights = rights;
        this.inheriting = inheriting;
        this.flags = flags;
    }

    FileType type() {
        return type;
    }

    long rights() {
        return rights;
    }

    long inheriting() {
        return inheriting;
    }

    int flags() {
        return flags;
    }

    void setFlags(int now) {
        flags = now;
    }

    /** Gives rights up; new ones cannot be had. */
    void narrow(long nowRights, long nowInheriting) throws ErrnoException {
        if ((nowRights & ~rights) != 0 || (nowInheriting & ~inheriting) != 0) {
            throw new ErrnoException(Errno.NOTCAPABLE);
        }
        rights = nowRights;
        inheriting = nowInheriting;
    }

    /** Fails unless the descriptor has a right; like the kernel for reading and writing. */
    void require(long right) throws ErrnoException {
        if ((rights & right) == 0) {
            boolean transfer = right == Rights.FD_READ || right == Rights.FD_WRITE;
            throw new ErrnoException(transfer ? Errno.BADF : Errno.NOTCAPABLE);
        }
    }

    abstract FileStat stat() throws ErrnoException;

    abstract void close();

    /** An open file with its position. */
    static final class OfFile extends Descriptor {
        private final GuestFile file;
        private long position;

        OfFile(GuestFile file, long rights, int flags) {
            super(FileType.REGULAR_FILE, rights, 0, flags);
            this.file = file;
        }

        GuestFile file() {
            return file;
        }

        long position() {
            return position;
        }

        void moveTo(long now) {
            position = now;
        }

        @Override
        FileStat stat() throws ErrnoException {
            return file.stat();
        }

        @Override
        void close() {
            file.close();
        }
    }

    /** An open directory. */
    static final class OfDir extends Descriptor {
        private final Place place;
        private final String preopened;
        private final DirReader reader;

        /** Takes over the place; the name is that of a directory opened before start, or null. */
        OfDir(Place place, String preopened, long rights, long inheriting) {
            super(FileType.DIRECTORY, rights, inheriting, 0);
            this.place = place;
            this.preopened = preopened;
            this.reader = new DirReader(place);
        }

        Place place() {
            return place;
        }

        String preopened() {
            return preopened;
        }

        DirReader reader() {
            return reader;
        }

        @Override
        FileStat stat() throws ErrnoException {
            return place.dir().stat();
        }

        @Override
        void close() {
            reader.close();
            place.close();
        }
    }

    /** A standard stream; it belongs to the process and is not closed. */
    static final class OfStream extends Descriptor {
        private final GuestInput input;
        private final GuestOutput output;

        private OfStream(GuestInput input, GuestOutput output, boolean terminal, long rights) {
            super(terminal ? FileType.CHARACTER_DEVICE : FileType.UNKNOWN, rights, 0, 0);
            this.input = input;
            this.output = output;
        }

        static OfStream reading(GuestInput input, boolean terminal) {
            return new OfStream(input, null, terminal, Rights.INPUT);
        }

        static OfStream writing(GuestOutput output, boolean terminal) {
            return new OfStream(null, output, terminal, Rights.OUTPUT);
        }

        GuestInput input() {
            return input;
        }

        GuestOutput output() {
            return output;
        }

        @Override
        FileStat stat() {
            return new FileStat(0, 0, type(), 1, 0, 0, 0, 0);
        }

        @Override
        void close() {
            // The stream outlives what the guest calls it.
        }
    }
}

package io.davit.shim.wasm;

/** {@code path_open}. */
final class PathOpen {
    private static final int FOLLOW = 1;
    private static final int CREATE = 1;
    private static final int DIRECTORY = 1 << 1;
    private static final int EXCLUSIVE = 1 << 2;
    private static final int TRUNCATE = 1 << 3;
    private static final int ALL = 15;

    private PathOpen() {}

    static void open(Guest guest, long[] a) throws ErrnoException {
        int how = (int) a[4];
        if ((how & ~ALL) != 0 || (how & CREATE) != 0 && (how & DIRECTORY) != 0) {
            throw new ErrnoException(Errno.INVAL);
        }
        guest.fds().requireRoom();
        Descriptor.OfDir base = guest.fds().directory((int) a[0], Rights.PATH_OPEN);
        if ((how & CREATE) != 0) {
            base.require(Rights.PATH_CREATE_FILE);
        }
        if ((how & TRUNCATE) != 0) {
            base.require(Rights.PATH_FILESTAT_SET_SIZE);
        }
        long rights = a[5] & base.inheriting();
        boolean follow = (a[1] & FOLLOW) != 0 && (how & EXCLUSIVE) == 0;
        try (Target target = WasiPathCalls.resolve(guest, a[0], Rights.PATH_OPEN, a, 2, follow)) {
            Descriptor opened = open(target, how, rights, a);
            int fd;
            try {
                fd = guest.fds().add(opened);
            } catch (ErrnoException e) {
                opened.close();
                throw e;
            }
            guest.memory().putInt((int) a[8], fd);
        }
    }

    private static Descriptor open(Target target, int how, long rights, long[] a)
            throws ErrnoException {
        boolean creates = (how & CREATE) != 0;
        FileType type = type(target, creates);
        if (creates && (how & EXCLUSIVE) != 0 && type != null) {
            throw new ErrnoException(Errno.EXIST);
        }
        if (type == FileType.SYMBOLIC_LINK) {
            throw new ErrnoException(Errno.LOOP);
        }
        if (type == FileType.DIRECTORY) {
            return directory(target, how, rights, a[6]);
        }
        if ((how & DIRECTORY) != 0 || target.directory()) {
            throw new ErrnoException(type == null ? Errno.ISDIR : Errno.NOTDIR);
        }
        boolean write = (rights & Rights.WRITING) != 0;
        boolean read = (rights & Rights.FD_READ) != 0;
        GuestFile file =
                target.openFile(
                        new OpenHow(
                                read,
                                write,
                                creates,
                                creates && (how & EXCLUSIVE) != 0,
                                (how & TRUNCATE) != 0));
        return new Descriptor.OfFile(file, rights & Rights.FILE, (int) a[7]);
    }

    /** The type of what is there; {@code null} for nothing when it is to be made. */
    private static FileType type(Target target, boolean creates) throws ErrnoException {
        if (target.name() == null) {
            return FileType.DIRECTORY;
        }
        try {
            return target.parent().typeOf(target.name());
        } catch (ErrnoException e) {
            if (e.errno() != Errno.NOENT) {
                throw e;
            }
            if (target.absolute()) {
                throw new ErrnoException(Errno.NOTCAPABLE);
            }
            if (creates) {
                return null;
            }
            throw e;
        }
    }

    private static Descriptor directory(Target target, int how, long rights, long inheriting)
            throws ErrnoException {
        if ((rights & Rights.FD_WRITE) != 0 || (how & (CREATE | TRUNCATE)) != 0) {
            throw new ErrnoException(Errno.ISDIR);
        }
        Place place = target.open();
        return new Descriptor.OfDir(
                place,
                null,
                rights & Rights.DIRECTORY,
                inheriting & (Rights.DIRECTORY | Rights.FILE));
    }
}

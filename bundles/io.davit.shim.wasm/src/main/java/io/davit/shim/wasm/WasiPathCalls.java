package io.davit.shim.wasm;

import java.nio.charset.StandardCharsets;

/** What is done with paths. Each begins at a directory descriptor and stays beneath it. */
final class WasiPathCalls {
    private static final int FOLLOW = 1;

    private WasiPathCalls() {}

    static void call(WasiFunction function, Guest guest, long[] a) throws ErrnoException {
        switch (function) {
            case PATH_CREATE_DIRECTORY -> createDirectory(guest, a);
            case PATH_FILESTAT_GET -> {
                try (Target target =
                        resolve(guest, a[0], Rights.PATH_FILESTAT_GET, a, 2, follows(a[1]))) {
                    FileStats.put(guest.memory(), (int) a[4], target.stat());
                }
            }
            case PATH_FILESTAT_SET_TIMES -> setTimes(guest, a);
            case PATH_LINK -> link(guest, a);
            case PATH_OPEN -> PathOpen.open(guest, a);
            case PATH_READLINK -> readLink(guest, a);
            case PATH_REMOVE_DIRECTORY -> removeDirectory(guest, a);
            case PATH_RENAME -> rename(guest, a);
            case PATH_SYMLINK -> symlink(guest, a);
            case PATH_UNLINK_FILE -> unlink(guest, a);
            default -> throw new ErrnoException(Errno.NOSYS);
        }
    }

    private static boolean follows(long flags) {
        return (flags & FOLLOW) != 0;
    }

    /** Resolves the path whose address and length are two of the arguments. */
    static Target resolve(Guest guest, long fd, long right, long[] a, int address, boolean follow)
            throws ErrnoException {
        Descriptor.OfDir start = guest.fds().directory((int) fd, right);
        String path = guest.memory().getPath((int) a[address], (int) a[address + 1]);
        try (Place from = Cwd.start(guest.root(), start, path)) {
            return Walk.resolve(guest.root(), from, path, follow);
        }
    }

    private static void createDirectory(Guest guest, long[] a) throws ErrnoException {
        try (Target target = resolve(guest, a[0], Rights.PATH_CREATE_DIRECTORY, a, 1, false)) {
            String name = target.requireName(Errno.EXIST);
            requireMissing(target);
            target.parent().requireChangeable(name);
            target.parent().dir().makeDir(name);
        }
    }

    /** What exists is reported before what is not allowed, as mkdir(2) does. */
    private static void requireMissing(Target target) throws ErrnoException {
        try {
            target.parent().typeOf(target.name());
        } catch (ErrnoException e) {
            if (e.errno() == Errno.NOENT) {
                return;
            }
            throw e;
        }
        throw new ErrnoException(Errno.EXIST);
    }

    private static void setTimes(Guest guest, long[] a) throws ErrnoException {
        FileTimes times = FileStats.times(guest.host(), a[4], a[5], (int) a[6]);
        try (Target target =
                resolve(guest, a[0], Rights.PATH_FILESTAT_SET_TIMES, a, 2, follows(a[1]))) {
            target.stat();
            if (target.name() == null || target.parent().mountAt(target.name()) != null) {
                try (Place place = target.open()) {
                    requireWritable(place.dir());
                    place.dir().setTimes(null, times);
                }
                return;
            }
            requireWritable(target.parent().dir());
            target.parent().dir().setTimes(target.name(), times);
        }
    }

    private static void requireWritable(Dir dir) throws ErrnoException {
        if (dir.volume().readOnly()) {
            throw new ErrnoException(Errno.ROFS);
        }
    }

    private static void link(Guest guest, long[] a) throws ErrnoException {
        try (Target from = resolve(guest, a[0], Rights.PATH_LINK_SOURCE, a, 2, follows(a[1]));
                Target to = resolve(guest, a[4], Rights.PATH_LINK_TARGET, a, 5, false)) {
            if (from.stat().isDirectory()) {
                throw new ErrnoException(Errno.PERM);
            }
            String name = to.requireName(Errno.EXIST);
            requireMissing(to);
            if (to.directory()) {
                throw new ErrnoException(Errno.NOENT);
            }
            requireSameVolume(from, to);
            to.parent().requireChangeable(name);
            to.parent().dir().makeHardLink(name, from.parent().dir(), from.name());
        }
    }

    private static void requireSameVolume(Target from, Target to) throws ErrnoException {
        if (from.parent().dir().volume() != to.parent().dir().volume()
                || from.parent().mountAt(from.name()) != null) {
            throw new ErrnoException(Errno.XDEV);
        }
    }

    private static void readLink(Guest guest, long[] a) throws ErrnoException {
        try (Target target = resolve(guest, a[0], Rights.PATH_READLINK, a, 1, false)) {
            String name = target.requireName(Errno.INVAL);
            if (target.parent().typeOf(name) != FileType.SYMBOLIC_LINK) {
                throw new ErrnoException(Errno.INVAL);
            }
            byte[] text = target.parent().dir().readLink(name).getBytes(StandardCharsets.UTF_8);
            int count = (int) Math.min(text.length, Integer.toUnsignedLong((int) a[4]));
            guest.memory().putBytes((int) a[3], text, count);
            guest.memory().putInt((int) a[5], count);
        }
    }

    private static void removeDirectory(Guest guest, long[] a) throws ErrnoException {
        try (Target target = resolve(guest, a[0], Rights.PATH_REMOVE_DIRECTORY, a, 1, false)) {
            String name = target.requireName(Errno.INVAL);
            if (target.parent().typeOf(name) != FileType.DIRECTORY) {
                throw new ErrnoException(Errno.NOTDIR);
            }
            target.parent().requireChangeable(name);
            target.parent().dir().removeDir(name);
        }
    }

    private static void unlink(Guest guest, long[] a) throws ErrnoException {
        try (Target target = resolve(guest, a[0], Rights.PATH_UNLINK_FILE, a, 1, false)) {
            String name = target.requireName(Errno.ISDIR);
            if (target.parent().typeOf(name) == FileType.DIRECTORY) {
                throw new ErrnoException(Errno.ISDIR);
            }
            if (target.directory()) {
                throw new ErrnoException(Errno.NOTDIR);
            }
            target.parent().requireChangeable(name);
            target.parent().dir().removeFile(name);
        }
    }

    private static void rename(Guest guest, long[] a) throws ErrnoException {
        try (Target from = resolve(guest, a[0], Rights.PATH_RENAME_SOURCE, a, 1, false);
                Target to = resolve(guest, a[3], Rights.PATH_RENAME_TARGET, a, 4, false)) {
            String name = from.requireName(Errno.BUSY);
            String newName = to.requireName(Errno.BUSY);
            FileType type = from.parent().typeOf(name);
            if (type != FileType.DIRECTORY && (from.directory() || to.directory())) {
                throw new ErrnoException(Errno.NOTDIR);
            }
            if (from.parent().mountAt(name) != null || to.parent().mountAt(newName) != null) {
                throw new ErrnoException(Errno.BUSY);
            }
            requireSameVolume(from, to);
            from.parent().requireChangeable(name);
            from.parent().dir().rename(name, to.parent().dir(), newName);
        }
    }

    /** A link that leads up or to the top would mislead whoever on the host follows it. */
    private static void symlink(Guest guest, long[] a) throws ErrnoException {
        String text = guest.memory().getPath((int) a[0], (int) a[1]);
        if (text.isEmpty()) {
            throw new ErrnoException(Errno.NOENT);
        }
        if (text.length() > Walk.LONGEST_PATH) {
            throw new ErrnoException(Errno.NAMETOOLONG);
        }
        if (text.startsWith("/") || ("/" + text + "/").contains("/../")) {
            throw new ErrnoException(Errno.NOTCAPABLE);
        }
        try (Target target = resolve(guest, a[2], Rights.PATH_SYMLINK, a, 3, false)) {
            String name = target.requireName(Errno.EXIST);
            requireMissing(target);
            if (target.directory()) {
                throw new ErrnoException(Errno.NOENT);
            }
            target.parent().requireChangeable(name);
            target.parent().dir().makeLink(name, text);
        }
    }
}

package io.davit.shim.wasm;

/** A directory that exists because something is mounted below it, and holds nothing else. */
final class EmptyDir implements Dir, Volume {
    private static final Entries NOTHING =
            new Entries() {
                @Override
                public Entry next() {
                    return null;
                }

                @Override
                public void close() {
                    // Nothing is open.
                }
            };

    private final FileStat stat =
            new FileStat(0, System.identityHashCode(this), FileType.DIRECTORY, 2, 0, 0, 0, 0);

    private static ErrnoException missing() {
        return new ErrnoException(Errno.NOENT);
    }

    private static ErrnoException readOnlyError() {
        return new ErrnoException(Errno.ROFS);
    }

    @Override
    public Volume volume() {
        return this;
    }

    @Override
    public Dir root() {
        return this;
    }

    @Override
    public boolean readOnly() {
        return true;
    }

    @Override
    public FileStat stat() {
        return stat;
    }

    @Override
    public FileStat stat(String name) throws ErrnoException {
        throw missing();
    }

    @Override
    public FileType typeOf(String name) throws ErrnoException {
        throw missing();
    }

    @Override
    public Dir openDir(String name) throws ErrnoException {
        throw missing();
    }

    @Override
    public GuestFile openFile(String name, OpenHow how) throws ErrnoException {
        throw how.create() ? readOnlyError() : missing();
    }

    @Override
    public String readLink(String name) throws ErrnoException {
        throw missing();
    }

    @Override
    public void makeDir(String name) throws ErrnoException {
        throw readOnlyError();
    }

    @Override
    public void makeLink(String name, String target) throws ErrnoException {
        throw readOnlyError();
    }

    @Override
    public void makeHardLink(String name, Dir from, String existing) throws ErrnoException {
        throw readOnlyError();
    }

    @Override
    public void removeDir(String name) throws ErrnoException {
        throw missing();
    }

    @Override
    public void removeFile(String name) throws ErrnoException {
        throw missing();
    }

    @Override
    public void rename(String name, Dir to, String newName) throws ErrnoException {
        throw missing();
    }

    @Override
    public void setTimes(String name, FileTimes times) throws ErrnoException {
        throw readOnlyError();
    }

    @Override
    public Entries list() {
        return NOTHING;
    }

    @Override
    public Dir retain() {
        return this;
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}

package io.davit.shim.wasm;

/**
 * One open directory of a {@link Volume}. A name is a single component, never empty, {@code .},
 * {@code ..} or with a slash; a link that a name leads to is never followed.
 *
 * <p>Safe for use by many threads. No call leaves the volume, whatever happens to the directories
 * above meanwhile.
 */
interface Dir extends AutoCloseable {
    Volume volume();

    /** The directory itself. */
    FileStat stat() throws ErrnoException;

    FileStat stat(String name) throws ErrnoException;

    /** The type alone, which is cheaper; {@code NOENT} when there is nothing. */
    FileType typeOf(String name) throws ErrnoException;

    /** Opens a directory in this one; {@code NOTDIR} for anything else. */
    Dir openDir(String name) throws ErrnoException;

    /** Opens a regular file; {@code LOOP} for a link, {@code ISDIR} for a directory. */
    GuestFile openFile(String name, OpenHow how) throws ErrnoException;

    String readLink(String name) throws ErrnoException;

    void makeDir(String name) throws ErrnoException;

    void makeLink(String name, String target) throws ErrnoException;

    /** Gives a file of this volume a further name. */
    void makeHardLink(String name, Dir from, String existing) throws ErrnoException;

    void removeDir(String name) throws ErrnoException;

    void removeFile(String name) throws ErrnoException;

    /** Moves to a directory of the same volume, replacing what rename(2) replaces. */
    void rename(String name, Dir to, String newName) throws ErrnoException;

    /** Sets times; of the directory itself when the name is {@code null}. */
    void setTimes(String name, FileTimes times) throws ErrnoException;

    Entries list() throws ErrnoException;

    /** Takes one more hold on the directory, to be given back with {@link #close}. */
    Dir retain();

    /** Gives back one hold; the last one closes the directory. */
    @Override
    void close();
}

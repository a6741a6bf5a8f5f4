package io.davit.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A directory as a descriptor, on which file operations start.
 *
 * <p>Paths given to it are relative and resolved {@link Resolve#BENEATH} unless another rule is
 * given: links that stay inside are followed on the way, a path that leads out fails with {@code
 * EXDEV}. Operations on a name (making, removing, renaming, reading a link) never follow the last
 * component. What was checked is what is used: nothing is looked up twice by its path.
 *
 * <p><b>Threads.</b> Safe for use by many threads, see {@link Descriptor}.
 */
public final class Dir implements AutoCloseable {
    private static final int AT_FDCWD = -100;
    private static final Set<OpenFlag> PLACE = EnumSet.of(OpenFlag.PATH, OpenFlag.NOFOLLOW);
    private static final Set<OpenFlag> FOLLOWED = EnumSet.of(OpenFlag.PATH, OpenFlag.DIRECTORY);

    private final Descriptor descriptor;
    private final Resolver resolver;

    Dir(Descriptor descriptor, Resolver resolver) {
        this.descriptor = descriptor;
        this.resolver = resolver;
    }

    /**
     * Opens a directory that the caller trusts by its path; links are followed.
     *
     * @param path an absolute path
     */
    public static Dir open(Path path) throws LinuxException {
        return open(path.toString());
    }

    /** Opens a directory that the caller trusts by its absolute path; links are followed. */
    public static Dir open(String path) throws LinuxException {
        return open(path, Resolver.KERNEL);
    }

    static Dir open(String text, Resolver resolver) throws LinuxException {
        if (!text.startsWith("/")) {
            throw new LinuxException(Errno.EINVAL, "open directory", text, "not absolute");
        }
        int flags = OpenFlag.bits(FOLLOWED);
        int fd = LibC.check(LibC.openat(AT_FDCWD, LibC.text(text), flags, 0), "openat", text);
        return new Dir(new Descriptor(fd, text), resolver);
    }

    /** Opens a directory below this one. */
    public Dir dir(String path) throws LinuxException {
        return dir(path, Resolve.BENEATH);
    }

    /** Opens a directory below this one by another rule. */
    public Dir dir(String path, Resolve how) throws LinuxException {
        return new Dir(open(path, FOLLOWED, 0, how), resolver);
    }

    /**
     * Opens a file below this directory.
     *
     * @param path the relative path; {@code .} is the directory itself
     * @param flags how
     * @param mode permission bits of a file that is made, subject to the umask; see {@link #create}
     * @param how the rule
     */
    public Descriptor open(String path, Set<OpenFlag> flags, int mode, Resolve how)
            throws LinuxException {
        int bits = OpenFlag.bits(flags);
        String name = child(path);
        int number = descriptor.use(fd -> resolver.open(fd, plain(path), bits, mode, how));
        return new Descriptor(number, name);
    }

    /** Opens an existing file for reading; does not wait for the writer of a pipe. */
    public Descriptor read(String path) throws LinuxException {
        return open(path, EnumSet.of(OpenFlag.READ, OpenFlag.NONBLOCK), 0, Resolve.BENEATH);
    }

    /**
     * Makes a new file and opens it for reading and writing.
     *
     * @param path the relative path; must not exist, not even as a link
     * @param mode its permission bits, whatever the umask
     */
    public Descriptor create(String path, int mode) throws LinuxException {
        Set<OpenFlag> flags =
                EnumSet.of(
                        OpenFlag.READ,
                        OpenFlag.WRITE,
                        OpenFlag.CREATE,
                        OpenFlag.EXCLUSIVE,
                        OpenFlag.NOFOLLOW);
        Descriptor made = open(path, flags, mode & 0700, Resolve.BENEATH);
        try {
            made.chmod(mode);
            return made;
        } catch (LinuxException e) {
            made.close();
            throw e;
        }
    }

    /**
     * Opens a handle of whatever is at a path, without effect on it; a final link is not followed.
     */
    public Descriptor place(String path, Resolve how) throws LinuxException {
        return open(path, PLACE, 0, how);
    }

    /** Reads the status of this directory. */
    public FileStatus status() throws LinuxException {
        return descriptor.status();
    }

    /** Reads the status of what is at a path; a final link is not followed. */
    public FileStatus status(String path) throws LinuxException {
        try (Descriptor place = place(path, Resolve.BENEATH)) {
            return place.status();
        }
    }

    /** Reads the status of what is at a path, or nothing if there is nothing. */
    public Optional<FileStatus> find(String path) throws LinuxException {
        try {
            return Optional.of(status(path));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Lists a directory. */
    public List<DirectoryEntry> list(String path) throws LinuxException {
        List<DirectoryEntry> all = new ArrayList<>();
        try (Descriptor open = openListing(path)) {
            List<DirectoryEntry.Raw> next;
            do {
                next = open.use(fd -> DirectoryEntry.next(fd, open.path()));
                next.forEach(raw -> all.add(raw.readable()));
            } while (!next.isEmpty());
        }
        return all;
    }

    private Descriptor openListing(String path) throws LinuxException {
        Set<OpenFlag> flags = EnumSet.of(OpenFlag.READ, OpenFlag.DIRECTORY);
        return open(path, flags, 0, Resolve.BENEATH);
    }

    /**
     * Makes one directory with exactly this mode and owner, whatever the umask.
     *
     * @throws LinuxException {@code EEXIST} if there is something already; after any other failure
     *     the directory is gone again
     */
    public void makeDir(String path, int mode, Owner owner) throws LinuxException {
        MakeDirs.one(this, path, mode, owner);
    }

    /**
     * Makes a directory and those above it that are missing, one component at a time.
     *
     * @param path the relative path
     * @param mode permission bits of what is made
     * @param owner owner of what is made
     * @return the relative paths of what was made, outermost first; empty if all existed
     * @throws LinuxException {@code ENOTDIR} or {@code EXDEV} if something is in the way; what was
     *     made is gone again
     */
    public List<String> makeDirs(String path, int mode, Owner owner) throws LinuxException {
        return MakeDirs.all(this, path, mode, owner);
    }

    /** Makes a named pipe with exactly this mode. */
    public void makeFifo(String path, int mode) throws LinuxException {
        int type = FileType.FIFO.modeBits();
        at(path, "mknodat", (dir, name) -> LibC.mknodat(dir, name, type | (mode & 0700), 0));
        chmod(path, mode);
    }

    /** Removes a name that is no directory. */
    public void unlink(String path) throws LinuxException {
        at(path, "unlinkat", (dir, name) -> LibC.unlinkat(dir, name, 0));
    }

    /** Removes an empty directory. */
    public void removeDir(String path) throws LinuxException {
        at(path, "unlinkat", (dir, name) -> LibC.unlinkat(dir, name, DeleteTree.AT_REMOVEDIR));
    }

    /**
     * Removes a file or a directory with all its content.
     *
     * <p>Never follows a link and never crosses a mount: refused with {@code EBUSY} before anything
     * is removed if the mount table shows something mounted at or below it; a mount that appears
     * meanwhile stops it. Succeeds when there is nothing.
     */
    public void deleteTree(String path) throws LinuxException {
        if (find(path).isPresent()) {
            inParent(path, (parent, name) -> new DeleteTree(parent).delete(name));
        }
    }

    /**
     * Gives a name in this directory another name in another; an existing one there is replaced.
     */
    public void rename(String from, Dir toDir, String to) throws LinuxException {
        rename(from, toDir, to, 0);
    }

    /** Gives a name another name; fails with {@code EEXIST} if that is taken. */
    public void renameNew(String from, Dir toDir, String to) throws LinuxException {
        rename(from, toDir, to, 1);
    }

    private void rename(String from, Dir toDir, String to, int flags) throws LinuxException {
        inParent(from, (a, old) -> toDir.inParent(to, (b, next) -> move(a, old, b, next, flags)));
    }

    private static void move(Dir a, String old, Dir b, String next, int flags)
            throws LinuxException {
        byte[] oldName = LibC.text(old);
        byte[] newName = LibC.text(next);
        int result = a.use(from -> b.use(to -> LibC.renameat2(from, oldName, to, newName, flags)));
        LibC.check(result, "renameat2", a.child(old));
    }

    /** Makes a hard link in another directory; a link itself is linked, not what it points to. */
    public void hardLink(String from, Dir toDir, String to) throws LinuxException {
        inParent(from, (a, old) -> toDir.inParent(to, (b, next) -> join(a, old, b, next)));
    }

    private static void join(Dir a, String old, Dir b, String next) throws LinuxException {
        byte[] oldName = LibC.text(old);
        byte[] newName = LibC.text(next);
        int result = a.use(from -> b.use(to -> LibC.linkat(from, oldName, to, newName, 0)));
        LibC.check(result, "linkat", b.child(next));
    }

    /** Makes a symbolic link. */
    public void symlink(String text, String path) throws LinuxException {
        byte[] content = LibC.text(text);
        at(path, "symlinkat", (dir, name) -> LibC.symlinkat(content, dir, name));
    }

    /** Reads what a symbolic link says. */
    public String readLink(String path) throws LinuxException {
        try (Descriptor place = place(path, Resolve.BENEATH)) {
            return place.use(fd -> Links.read(fd, new byte[1], place.path()));
        }
    }

    /** Sets the permission bits of what is at a path; a link is refused with {@code ELOOP}. */
    public void chmod(String path, int mode) throws LinuxException {
        try (Descriptor place = place(path, Resolve.BENEATH)) {
            if (place.status().type() == FileType.LINK) {
                throw new LinuxException(Errno.ELOOP, "chmod", place.path(), "is a link");
            }
            byte[] text = LibC.text(place.procPath().toString());
            place.use(fd -> LibC.check(LibC.chmod(text, mode), "chmod", place.path()));
        }
    }

    /** Sets the owner of what is at a path; a link's own. */
    public void chown(String path, Owner owner) throws LinuxException {
        try (Descriptor place = place(path, Resolve.BENEATH)) {
            int flags = FileStatus.AT_EMPTY_PATH;
            byte[] self = {0};
            place.use(
                    fd ->
                            LibC.check(
                                    LibC.fchownat(fd, self, owner.uid(), owner.gid(), flags),
                                    "fchownat",
                                    place.path()));
        }
    }

    /** Waits until the entries of this directory are on the disk. */
    public void sync() throws LinuxException {
        try (Descriptor open = openListing(".")) {
            open.sync();
        }
    }

    /** Returns a path that leads to this very directory while it is open, for calls on paths. */
    public Path procPath() {
        return descriptor.procPath();
    }

    /** Asks the kernel for the absolute path of this directory as it is now. */
    public String currentPath() throws LinuxException {
        return descriptor.currentPath();
    }

    /** Returns what was opened, for messages. */
    public String path() {
        return descriptor.path();
    }

    @Override
    public void close() {
        descriptor.close();
    }

    @Override
    public String toString() {
        return descriptor.toString();
    }

    /** A system call on a name in a directory. */
    interface NameCall {
        int on(int dir, byte[] name);
    }

    /** Work on a name in a directory. */
    interface InParent {
        void run(Dir parent, String name) throws LinuxException;
    }

    private void at(String path, String call, NameCall body) throws LinuxException {
        inParent(
                path,
                (parent, name) -> {
                    byte[] text = LibC.text(name);
                    int result = parent.use(fd -> body.on(fd, text));
                    LibC.check(result, call, parent.child(name));
                });
    }

    /** Opens the directory that holds the last component, and works there on that one name. */
    void inParent(String path, InParent body) throws LinuxException {
        String plain = plain(path);
        int slash = plain.lastIndexOf('/');
        String name = plain.substring(slash + 1);
        if (name.equals(".") || name.equals("..")) {
            throw new LinuxException(Errno.EINVAL, "path", child(path), "does not end in a name");
        }
        if (slash < 0) {
            body.run(this, name);
            return;
        }
        try (Dir parent = dir(plain.substring(0, slash))) {
            body.run(parent, name);
        }
    }

    <T> T use(Descriptor.Call<T> call) throws LinuxException {
        return descriptor.use(call);
    }

    Resolver resolver() {
        return resolver;
    }

    String child(String name) {
        return path().endsWith("/") ? path() + name : path() + "/" + name;
    }

    /**
     * Refuses absolute and empty paths, which the kernel would take for something else, and cuts
     * trailing slashes.
     */
    private String plain(String path) throws LinuxException {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        if (end == 0 || path.charAt(0) == '/') {
            throw new LinuxException(Errno.EINVAL, "path", child(path), "not relative");
        }
        return path.substring(0, end);
    }
}

package io.davit.shim.wasm;

/**
 * Where a path leads: a name in a directory, or the directory itself. Holds the directory.
 *
 * @param parent the directory
 * @param name the name in it, of which nobody knows yet whether it exists; {@code null} for the
 *     directory itself
 * @param directory whether the path's form asks for a directory
 * @param absolute whether the name comes from an absolute link; such a name must exist
 */
record Target(Place parent, String name, boolean directory, boolean absolute)
        implements AutoCloseable {
    /** The name, for what cannot be done to {@code .} and {@code ..}. */
    String requireName(Errno otherwise) throws ErrnoException {
        if (name == null) {
            throw new ErrnoException(otherwise);
        }
        return name;
    }

    FileStat stat() throws ErrnoException {
        if (name == null) {
            return parent.dir().stat();
        }
        try {
            FileStat found = parent.stat(name);
            if (directory && !found.isDirectory()) {
                throw new ErrnoException(Errno.NOTDIR);
            }
            return found;
        } catch (ErrnoException e) {
            throw missing(e);
        }
    }

    Place open() throws ErrnoException {
        try {
            return name == null ? parent.retain() : parent.open(name);
        } catch (ErrnoException e) {
            throw missing(e);
        }
    }

    GuestFile openFile(OpenHow how) throws ErrnoException {
        if (absolute && how.create()) {
            parent.typeOf(requireName(Errno.ISDIR));
        }
        try {
            return parent.openFile(requireName(Errno.ISDIR), how);
        } catch (ErrnoException e) {
            throw missing(e);
        }
    }

    /** What an absolute link names and the guest does not have lies outside. */
    private ErrnoException missing(ErrnoException e) {
        return absolute && e.errno() == Errno.NOENT ? new ErrnoException(Errno.NOTCAPABLE) : e;
    }

    @Override
    public void close() {
        parent.close();
    }
}

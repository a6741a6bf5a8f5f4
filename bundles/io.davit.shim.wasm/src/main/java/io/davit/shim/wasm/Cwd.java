package io.davit.shim.wasm;

/**
 * The working directory. WASI has none: a guest gets the root directory as {@code /} and, if it is
 * another, the working directory as {@code .}. The C library of WASI cuts the leading slash off and
 * then cannot tell one from the other, so a path that begins at {@code .} with a name that only the
 * root directory has begins there.
 */
final class Cwd {
    static final String NAME = ".";

    private Cwd() {}

    /** Where a path begins; the caller closes it. */
    static Place start(Place root, Descriptor.OfDir from, String path) throws ErrnoException {
        if (!NAME.equals(from.preopened()) || path.isEmpty()) {
            return from.place().retain();
        }
        int begin = path.startsWith("./") ? 2 : 0;
        int slash = path.indexOf('/', begin);
        String first = path.substring(begin, slash < 0 ? path.length() : slash);
        boolean name = !first.isEmpty() && !first.equals(".") && !first.equals("..");
        boolean inRoot = name && !has(from.place(), first) && has(root, first);
        return inRoot ? root.retain() : from.place().retain();
    }

    private static boolean has(Place place, String name) throws ErrnoException {
        try {
            place.typeOf(name);
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.NOENT || e.errno() == Errno.NAMETOOLONG) {
                return false;
            }
            throw e;
        }
    }
}

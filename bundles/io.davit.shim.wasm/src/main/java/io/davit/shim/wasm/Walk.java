package io.davit.shim.wasm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Follows one path from a directory, component by component. Confined to one thread.
 *
 * <p>A path stays beneath the directory it starts from: an absolute path, or {@code ..} above the
 * start, is {@code NOTCAPABLE}. A link is read and its text followed by the same rules; an absolute
 * link leads to the guest's own root, and what is not there counts as outside. At each moment one
 * directory is held; {@code ..} walks again from the start.
 */
final class Walk implements AutoCloseable {
    static final int LONGEST_PATH = 4096;
    private static final int LONGEST_NAME = 255;
    private static final int MOST_LINKS = 40;

    private final Place root;
    private final Deque<String> todo = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();

    private Place start;
    private Place here;

    /** How many of the next components come from absolute links. */
    private int absolute;

    private int links;
    private boolean directory;

    /** Begins a walk; neither place is closed by it. */
    Walk(Place root, Place start) {
        this.root = root;
        this.start = start;
        this.here = start.retain();
    }

    /** Resolves a path; the caller closes what it gets. */
    static Target resolve(Place root, Place start, String path, boolean follow)
            throws ErrnoException {
        if (path.startsWith("/")) {
            throw new ErrnoException(Errno.NOTCAPABLE);
        }
        try (Walk walk = new Walk(root, start)) {
            return walk.to(path, follow);
        }
    }

    private Target to(String path, boolean follow) throws ErrnoException {
        push(path);
        while (!todo.isEmpty()) {
            String name = todo.pop();
            boolean fromAbsolute = absolute > 0;
            absolute = Math.max(0, absolute - 1);
            if (name.equals("..")) {
                up();
            } else if (!name.equals(".")) {
                Target end = step(name, follow, fromAbsolute);
                if (end != null) {
                    return end;
                }
            }
        }
        return new Target(here.retain(), null, true, false);
    }

    /** Takes one name; returns where the path leads if this was its end. */
    private Target step(String name, boolean follow, boolean fromAbsolute) throws ErrnoException {
        boolean last = todo.isEmpty();
        FileType type = look(name, last, fromAbsolute);
        if (type == FileType.SYMBOLIC_LINK && (!last || follow || directory)) {
            followLink(name, fromAbsolute);
            return null;
        }
        if (last) {
            return new Target(here.retain(), name, directory, fromAbsolute);
        }
        if (type != FileType.DIRECTORY) {
            throw new ErrnoException(Errno.NOTDIR);
        }
        enter(here.open(name));
        done.add(name);
        return null;
    }

    /** The type of a name; {@code null} for a last name that does not exist. */
    private FileType look(String name, boolean last, boolean fromAbsolute) throws ErrnoException {
        try {
            return here.typeOf(name);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.NOENT) {
                throw e;
            }
            if (last) {
                return null;
            }
            throw fromAbsolute ? new ErrnoException(Errno.NOTCAPABLE) : e;
        }
    }

    private void followLink(String name, boolean fromAbsolute) throws ErrnoException {
        if (++links > MOST_LINKS) {
            throw new ErrnoException(Errno.LOOP);
        }
        String text = here.dir().readLink(name);
        int before = todo.size();
        if (text.startsWith("/")) {
            start = root;
            enter(root.retain());
            done.clear();
            absolute = 0;
            push(text);
            absolute = todo.size() - before;
        } else {
            push(text);
            absolute += fromAbsolute ? todo.size() - before : 0;
        }
    }

    private void up() throws ErrnoException {
        if (done.isEmpty()) {
            throw new ErrnoException(Errno.NOTCAPABLE);
        }
        done.remove(done.size() - 1);
        enter(start.retain());
        for (String name : done) {
            enter(here.open(name));
        }
    }

    private void enter(Place next) {
        here.close();
        here = next;
    }

    /** Puts the components of a path before those that are left. */
    private void push(String path) throws ErrnoException {
        if (path.isEmpty()) {
            throw new ErrnoException(Errno.NOENT);
        }
        if (path.length() > LONGEST_PATH) {
            throw new ErrnoException(Errno.NAMETOOLONG);
        }
        boolean end = todo.isEmpty();
        List<String> names = new ArrayList<>();
        int from = 0;
        while (from <= path.length()) {
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? path.length() : slash;
            if (to > from) {
                names.add(requireName(path.substring(from, to)));
            }
            from = to + 1;
        }
        for (int i = names.size() - 1; i >= 0; i--) {
            todo.push(names.get(i));
        }
        directory |= end && (path.endsWith("/") || path.endsWith("/.") || path.endsWith("/.."));
    }

    private static String requireName(String name) throws ErrnoException {
        if (name.length() * 3 > LONGEST_NAME
                && name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > LONGEST_NAME) {
            throw new ErrnoException(Errno.NAMETOOLONG);
        }
        return name;
    }

    @Override
    public void close() {
        here.close();
    }
}

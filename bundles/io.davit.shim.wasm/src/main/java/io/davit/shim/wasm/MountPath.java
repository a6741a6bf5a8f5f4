package io.davit.shim.wasm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Finds the real name of a mount's target in the tree as it is so far, as chroot(2) would. */
final class MountPath {
    private static final int MOST_LINKS = 40;

    private MountPath() {}

    /** Returns the components of the target, free of links and dots; missing ones as they are. */
    static List<String> resolve(Place root, String target) throws ErrnoException {
        Deque<String> todo = new ArrayDeque<>(split(target));
        List<String> done = new ArrayList<>();
        int links = 0;
        while (!todo.isEmpty()) {
            String name = todo.pop();
            if (name.equals("..")) {
                if (!done.isEmpty()) {
                    done.remove(done.size() - 1);
                }
                continue;
            }
            String text = linkText(root, done, name);
            if (text == null) {
                done.add(name);
                continue;
            }
            if (++links > MOST_LINKS) {
                throw new ErrnoException(Errno.LOOP);
            }
            if (text.startsWith("/")) {
                done.clear();
            }
            List<String> names = split(text);
            for (int i = names.size() - 1; i >= 0; i--) {
                todo.push(names.get(i));
            }
        }
        return done;
    }

    private static List<String> split(String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split("/")) {
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }

    /** The text of a link, or {@code null} for everything else. */
    private static String linkText(Place root, List<String> above, String name)
            throws ErrnoException {
        Place here = root.retain();
        try {
            for (String each : above) {
                Place next = here.open(each);
                here.close();
                here = next;
            }
            return here.typeOf(name) == FileType.SYMBOLIC_LINK ? here.dir().readLink(name) : null;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.NOENT || e.errno() == Errno.NOTDIR) {
                return null;
            }
            throw e;
        } finally {
            here.close();
        }
    }
}

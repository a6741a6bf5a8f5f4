package io.davit.shim.wasm;

import java.util.ArrayDeque;
import java.util.Deque;

/** What concerns whole trees of an overlay. */
final class OverlayTrees {
    private OverlayTrees() {}

    /** Brings a directory with all it holds to the upper layer; the volume's lock is held. */
    static void copyUp(OverlayDir top) throws ErrnoException {
        Deque<OverlayDir> todo = new ArrayDeque<>();
        todo.push(top.retain());
        try {
            while (!todo.isEmpty()) {
                OverlayDir here = todo.pop();
                try (here) {
                    copyNames(here, todo);
                }
            }
        } finally {
            todo.forEach(OverlayDir::close);
        }
    }

    private static void copyNames(OverlayDir here, Deque<OverlayDir> todo) throws ErrnoException {
        here.upperForWrite();
        try (Entries entries = here.list()) {
            for (Entries.Entry each = entries.next(); each != null; each = entries.next()) {
                if (each.type() == FileType.DIRECTORY) {
                    todo.push(here.openDir(each.name()));
                } else {
                    here.copyUp(each.name());
                }
            }
        }
    }
}

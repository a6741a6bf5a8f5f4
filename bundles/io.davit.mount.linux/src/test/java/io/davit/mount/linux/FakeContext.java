package io.davit.mount.linux;

import io.davit.api.mount.ActiveMount;
import io.davit.spi.mount.MountTransformer;
import io.davit.spi.mount.TransformContext;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A context with some roots that keeps the notes. */
final class FakeContext implements TransformContext {
    private final List<Path> roots;
    private final Deque<String> notes = new ArrayDeque<>();

    FakeContext(Path... roots) {
        this.roots = List.of(roots);
    }

    @Override
    public List<ActiveMount> active() {
        return List.of();
    }

    @Override
    public List<Path> allowedRoots() {
        return roots;
    }

    @Override
    public void note(String note) {
        notes.push(note);
    }

    /** Lets a transformer take everything back, last first, twice: once might have been enough. */
    void fail(MountTransformer transformer) {
        for (String note : notes) {
            transformer.undo(note, roots);
            transformer.undo(note, roots);
        }
        notes.clear();
    }
}

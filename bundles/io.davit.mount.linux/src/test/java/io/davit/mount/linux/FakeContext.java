package io.davit.mount.linux;

import io.davit.api.mount.ActiveMount;
import io.davit.spi.mount.TransformContext;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A context with some roots that keeps the undo steps. */
final class FakeContext implements TransformContext {
    private final List<Path> roots;
    private final Deque<Runnable> steps = new ArrayDeque<>();

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
    public void onFailure(String what, Runnable step) {
        steps.push(step);
    }

    /** Runs the undo steps, last first. */
    void fail() {
        steps.forEach(Runnable::run);
        steps.clear();
    }
}

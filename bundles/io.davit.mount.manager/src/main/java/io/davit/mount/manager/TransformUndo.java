package io.davit.mount.manager;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * How to take back what transformers made, by the mount they made it for.
 *
 * <p>What was made for a mount may lie on an earlier one, so it is taken back after the mount and
 * before the one before it. Written by the activating thread before it hands over to the undoing
 * one.
 */
final class TransformUndo {
    private final Map<Integer, Deque<Step>> steps = new HashMap<>();

    /** A step and what it does. */
    private record Step(String what, Runnable run) {}

    void add(int index, String what, Runnable step) {
        steps.computeIfAbsent(index, i -> new ArrayDeque<>()).push(new Step(what, step));
    }

    /** Takes back what was made for a mount, last first. */
    void undo(int index, Failures failures) {
        Deque<Step> made = steps.getOrDefault(index, new ArrayDeque<>());
        while (!made.isEmpty()) {
            Step step = made.pop();
            failures.attempt(step.what(), step.run());
        }
    }
}

package io.davit.shim.wasm;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The parts that new tasks get, and those that older tasks still use after a change of
 * configuration. Safe for use by many threads.
 */
final class Runtimes {
    /** How many tasks use each. Guarded by this. */
    private final Map<WasmRuntime, Integer> users = new HashMap<>();

    /** Guarded by this. */
    private WasmRuntime current;

    Runtimes(WasmRuntime first) {
        current = first;
        users.put(first, 0);
    }

    synchronized WasmRuntime current() {
        return current;
    }

    /** Gives what is configured now to a task. */
    synchronized WasmRuntime take() {
        users.merge(current, 1, Integer::sum);
        return current;
    }

    /** Takes it back from a task; what nobody can get any more ends with its last task. */
    void giveBack(WasmRuntime used) {
        boolean over;
        synchronized (this) {
            users.computeIfPresent(used, (each, count) -> count - 1);
            over = removeIfUnused(used);
        }
        if (over) {
            used.close();
        }
    }

    /** Gives new tasks something else from now on. */
    void replace(WasmRuntime next) {
        WasmRuntime before;
        boolean over;
        synchronized (this) {
            before = current;
            current = next;
            users.put(next, 0);
            over = removeIfUnused(before);
        }
        if (over) {
            before.close();
        }
    }

    /** The caller holds the monitor. */
    private boolean removeIfUnused(WasmRuntime runtime) {
        return runtime != current && users.remove(runtime, 0);
    }

    /** Ends all. */
    void close() {
        List<WasmRuntime> all;
        synchronized (this) {
            all = List.copyOf(users.keySet());
            users.clear();
        }
        all.forEach(WasmRuntime::close);
    }
}

package io.davit.mount.manager;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What fakes were asked to do, in order. */
final class CallLog {
    /** Guarded by this. */
    private final List<Map<String, Object>> entries = new ArrayList<>();

    synchronized void add(Map<String, Object> entry) {
        entries.add(entry);
    }

    /** Returns the entries since the last call. */
    synchronized List<Map<String, Object>> take() {
        List<Map<String, Object>> taken = List.copyOf(entries);
        entries.clear();
        return taken;
    }
}

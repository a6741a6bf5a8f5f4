package io.davit.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Looks into specifications that were checked. */
final class SpecTree {
    private SpecTree() {}

    /** A copy of a list; empty if there is none. */
    static List<Object> list(Map<String, Object> spec, String... path) {
        Object value = spec;
        for (String name : path) {
            value = value instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return value instanceof List<?> list ? new ArrayList<>(list) : new ArrayList<>();
    }
}

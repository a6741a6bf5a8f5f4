package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Labels;
import io.davit.api.names.Texts;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which labels an activation keeps, and how they change. */
final class LabelRules {
    private static final String ALL = "labels";
    private static final String ONE = "labels.";

    private LabelRules() {}

    /** Leaves out labels without a value, as containerd does. */
    static Map<String, String> kept(Map<String, String> labels) {
        Map<String, String> kept = new TreeMap<>(labels);
        kept.values().removeIf(String::isEmpty);
        return Map.copyOf(kept);
    }

    /**
     * Changes labels.
     *
     * @param before the labels there are
     * @param given the new values
     * @param paths {@code labels} or {@code labels.<key>}; empty means {@code labels}
     * @throws DavitException {@code INVALID_ARGUMENT} for another path or a malformed label
     */
    static Map<String, String> changed(
            Map<String, String> before, Map<String, String> given, Set<String> paths)
            throws DavitException {
        Map<String, String> values = Labels.require(given);
        if (paths.isEmpty() || paths.contains(ALL)) {
            paths.forEach(LabelRules::requireKnown);
            return kept(values);
        }
        Map<String, String> next = new TreeMap<>(before);
        for (String path : paths) {
            requireKnown(path);
            String key = path.substring(ONE.length());
            if (values.containsKey(key)) {
                next.put(key, values.get(key));
            } else {
                next.remove(key);
            }
        }
        return kept(Labels.require(next));
    }

    private static void requireKnown(String path) {
        if (!path.equals(ALL) && !(path.startsWith(ONE) && path.length() > ONE.length())) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "cannot update field " + Texts.quote(path) + ": only labels and labels.<key>");
        }
    }
}

package io.davit.oci;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which names the objects of a document have, and the check that no name stands there in disguise.
 *
 * <p>Runtimes written in Go take {@code Hooks}, {@code hooKs} (with U+212A) and {@code hookſ} for
 * {@code hooks}, and of two such keys the last one. So in an object with fixed fields a key that
 * equals a known name, or another key, but for its case is refused. Other unknown keys are let be.
 */
final class Shape {
    /** Fixed fields by name; {@code null} for a map with free keys. */
    private final Map<String, Shape> fields;

    /** Known names by their folded form. */
    private final Map<String, String> folded = new HashMap<>();

    /** The shape of the values of a map with free keys. */
    private final Shape values;

    private Shape(Map<String, Shape> fields, Shape values) {
        this.fields = fields;
        this.values = values;
        if (fields != null) {
            fields.keySet().forEach(name -> folded.put(fold(name), name));
        }
    }

    /** An object with fixed fields, none of which holds objects unless {@link #with} says so. */
    static Shape fixed(String... names) {
        Map<String, Shape> fields = new HashMap<>();
        for (String name : names) {
            fields.put(name, null);
        }
        return new Shape(fields, null);
    }

    /** A map with free keys whose values are objects of a shape. */
    static Shape each(Shape values) {
        return new Shape(null, values);
    }

    /** The same with one more field, whose value is an object of a shape or a list of such. */
    Shape with(String name, Shape shape) {
        Map<String, Shape> more = new HashMap<>(fields);
        more.put(name, shape);
        return new Shape(more, null);
    }

    /** Refuses keys in disguise, here and below. */
    void require(String path, Object value) {
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                require(JsonPath.element(path, i), list.get(i));
            }
        } else if (value instanceof Map<?, ?> map) {
            requireKeys(path, map.keySet());
            map.forEach((key, inner) -> requireValue(path, (String) key, inner));
        }
    }

    private void requireKeys(String path, Collection<?> keys) {
        if (fields == null) {
            return;
        }
        Set<String> seen = new HashSet<>();
        for (Object each : keys) {
            String key = (String) each;
            String plain = fold(key);
            String known = folded.get(plain);
            if (known != null && !known.equals(key)) {
                throw JsonObject.refusal(
                        JsonPath.field(path, key), "differs only in case from " + known);
            }
            if (!seen.add(plain)) {
                throw JsonObject.refusal(
                        JsonPath.field(path, key), "is there twice but for its case");
            }
        }
    }

    private void requireValue(String path, String key, Object value) {
        Shape shape = fields == null ? values : fields.get(key);
        if (shape != null) {
            shape.require(JsonPath.field(path, key), value);
        }
    }

    /** Folds more than Go does, never less: through upper case, ſ and the Kelvin sign included. */
    private static String fold(String key) {
        StringBuilder out = new StringBuilder(key.length());
        key.codePoints()
                .map(Character::toUpperCase)
                .map(Character::toLowerCase)
                .forEach(out::appendCodePoint);
        return out.toString();
    }

    /** The names, for tests. */
    Set<String> names() {
        return fields == null ? Set.of() : Collections.unmodifiableSet(fields.keySet());
    }
}

package io.davit.oci;

import java.util.List;
import java.util.Map;

/** Writes values as JSON without white space. */
final class JsonWriter {
    private JsonWriter() {}

    static void write(StringBuilder out, Object value) {
        if (value instanceof String text) {
            string(out, text);
        } else if (value instanceof Map<?, ?> map) {
            object(out, map);
        } else if (value instanceof List<?> list) {
            array(out, list);
        } else if (value instanceof JsonNumber number) {
            out.append(number.text());
        } else if (value == null
                || value instanceof Boolean
                || value instanceof Long
                || value instanceof Integer) {
            out.append(value);
        } else {
            throw new IllegalArgumentException("no value of JSON: " + value.getClass());
        }
    }

    private static void object(StringBuilder out, Map<?, ?> map) {
        char before = '{';
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(before);
            string(out, (String) entry.getKey());
            out.append(':');
            write(out, entry.getValue());
            before = ',';
        }
        out.append(map.isEmpty() ? "{}" : "}");
    }

    private static void array(StringBuilder out, List<?> list) {
        char before = '[';
        for (Object element : list) {
            out.append(before);
            write(out, element);
            before = ',';
        }
        out.append(list.isEmpty() ? "[]" : "]");
    }

    private static void string(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}

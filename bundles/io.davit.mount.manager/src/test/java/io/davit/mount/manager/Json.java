package io.davit.mount.manager;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** JSON as maps, lists, texts, numbers, truth values and nulls. */
final class Json {
    private Json() {}

    static Map<String, Object> read(Path file) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
            parser.nextToken();
            return object(value(parser));
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> object = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.put(name, value(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<Object> array = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser));
                }
                yield array;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_NULL -> null;
            default -> throw new IOException("unexpected JSON: " + parser.currentToken());
        };
    }

    /** Replaces every text, keys included. */
    static Object replaced(Object value, UnaryOperator<String> change) {
        if (value instanceof String text) {
            return change.apply(text);
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(each -> copy.add(replaced(each, change)));
            return copy;
        }
        if (value instanceof Map<?, ?>) {
            Map<String, Object> copy = new LinkedHashMap<>();
            object(value).forEach((k, v) -> copy.put(change.apply(k), replaced(v, change)));
            return copy;
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object value) {
        return value == null ? List.of() : (List<Object>) value;
    }

    static List<Map<String, Object>> objects(Object value) {
        return list(value).stream().map(Json::object).toList();
    }

    static List<String> texts(Object value) {
        return list(value).stream().map(String::valueOf).toList();
    }

    static List<Integer> numbers(Object value) {
        return list(value).stream().map(n -> ((Long) n).intValue()).toList();
    }

    static String text(Map<String, Object> object, String key) {
        return (String) object.getOrDefault(key, "");
    }

    static long number(Map<String, Object> object, String key, long otherwise) {
        return (Long) object.getOrDefault(key, otherwise);
    }

    static boolean truth(Map<String, Object> object, String key) {
        return (Boolean) object.getOrDefault(key, false);
    }

    static Map<String, String> map(Object value) {
        Map<String, String> map = new LinkedHashMap<>();
        object(value).forEach((k, v) -> map.put(k, (String) v));
        return map;
    }
}

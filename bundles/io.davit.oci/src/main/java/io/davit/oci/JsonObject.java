package io.davit.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * An object of a document, read field by field; every refusal names the field.
 *
 * <p>A field whose value is {@code null} counts as missing. {@link #toString} shows the path alone.
 *
 * @since 1.0
 */
public final class JsonObject {
    private final String path;
    private final Map<String, Object> tree;

    private JsonObject(String path, Map<String, Object> tree) {
        this.path = path;
        this.tree = tree;
    }

    /**
     * Takes a value that must be an object.
     *
     * @param path what the value is called in messages; not {@code null}
     * @param value a value as {@link Json#parse(String, String)} returns it
     * @return never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if it is none
     */
    public static JsonObject of(String path, Object value) throws DavitException {
        return new JsonObject(path, Json.asObject(path, value));
    }

    /**
     * Returns the plain values of this object.
     *
     * @return never {@code null}; cannot be changed
     */
    public Map<String, Object> tree() {
        return tree;
    }

    /**
     * Returns what this object is called in messages.
     *
     * @return never {@code null}
     */
    public String path() {
        return path;
    }

    /**
     * Tells whether a field has a value.
     *
     * @param name the field
     * @return {@code false} if it is missing or {@code null}
     */
    public boolean has(String name) {
        return tree.get(name) != null;
    }

    /**
     * Reads a string.
     *
     * @param name the field
     * @return empty if it is missing
     * @throws DavitException {@code INVALID_ARGUMENT} if it is something else
     */
    public Optional<String> text(String name) throws DavitException {
        Object value = tree.get(name);
        if (value != null && !(value instanceof String)) {
            throw invalid(name, "must be a string");
        }
        return Optional.ofNullable((String) value);
    }

    /**
     * Reads a string that must be there.
     *
     * @param name the field
     * @return not empty
     * @throws DavitException {@code INVALID_ARGUMENT} if it is missing, empty or something else
     */
    public String requireText(String name) throws DavitException {
        return text(name)
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> invalid(name, "is required"));
    }

    /**
     * Reads a truth value.
     *
     * @param name the field
     * @return {@code false} if it is missing
     * @throws DavitException {@code INVALID_ARGUMENT} if it is something else
     */
    public boolean flag(String name) throws DavitException {
        Object value = tree.get(name);
        if (value != null && !(value instanceof Boolean)) {
            throw invalid(name, "must be true or false");
        }
        return Boolean.TRUE.equals(value);
    }

    /**
     * Reads an integer within a range.
     *
     * @param name the field
     * @param least the least value allowed
     * @param most the greatest value allowed
     * @return empty if it is missing
     * @throws DavitException {@code INVALID_ARGUMENT} if it is out of range, has a fraction or an
     *     exponent, or is something else
     */
    public OptionalLong integer(String name, long least, long most) throws DavitException {
        Object value = tree.get(name);
        if (value == null) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(integer(value, JsonPath.field(path, name), least, most));
    }

    /**
     * Reads an integer of 64 bits without a sign.
     *
     * @param name the field
     * @return its bits; empty if it is missing
     * @throws DavitException {@code INVALID_ARGUMENT} if it is out of range, has a fraction or an
     *     exponent, or is something else
     */
    public OptionalLong unsigned(String name) throws DavitException {
        Object value = tree.get(name);
        if (value instanceof JsonNumber number && number.text().matches("[0-9]{19,20}")) {
            try {
                return OptionalLong.of(Long.parseUnsignedLong(number.text()));
            } catch (NumberFormatException e) {
                throw invalid(name, "is out of range");
            }
        }
        return integer(name, 0, Long.MAX_VALUE);
    }

    /**
     * Reads a list of strings.
     *
     * @param name the field
     * @return empty if it is missing; cannot be changed
     * @throws DavitException {@code INVALID_ARGUMENT} if it is something else
     */
    public List<String> texts(String name) throws DavitException {
        List<String> texts = new ArrayList<>();
        for (Object value : list(name)) {
            if (!(value instanceof String text)) {
                throw refusal(element(name, texts.size()), "must be a string");
            }
            texts.add(text);
        }
        return Collections.unmodifiableList(texts);
    }

    /**
     * Reads a list of integers within a range.
     *
     * @param name the field
     * @param least the least value allowed
     * @param most the greatest value allowed
     * @return empty if it is missing; cannot be changed
     * @throws DavitException {@code INVALID_ARGUMENT} if it is something else
     */
    public List<Long> integers(String name, long least, long most) throws DavitException {
        List<Long> integers = new ArrayList<>();
        for (Object value : list(name)) {
            integers.add(integer(value, element(name, integers.size()), least, most));
        }
        return Collections.unmodifiableList(integers);
    }

    /**
     * Reads an object and makes something of it.
     *
     * @param name the field
     * @param reader makes it
     * @param <T> what is made
     * @return empty if it is missing
     * @throws DavitException {@code INVALID_ARGUMENT} if it is something else
     */
    public <T> Optional<T> object(String name, Function<JsonObject, T> reader)
            throws DavitException {
        Object value = tree.get(name);
        return value == null
                ? Optional.empty()
                : Optional.of(reader.apply(of(JsonPath.field(path, name), value)));
    }

    /**
     * Reads a list of objects and makes something of each.
     *
     * @param name the field
     * @param reader makes it
     * @param <T> what is made
     * @return empty if it is missing; cannot be changed
     * @throws DavitException {@code INVALID_ARGUMENT} if it is something else
     */
    public <T> List<T> objects(String name, Function<JsonObject, T> reader) throws DavitException {
        List<T> objects = new ArrayList<>();
        for (Object value : list(name)) {
            objects.add(reader.apply(of(element(name, objects.size()), value)));
        }
        return Collections.unmodifiableList(objects);
    }

    /**
     * Reads an object whose values are all strings.
     *
     * @param name the field
     * @return empty if it is missing; in the order of the text; cannot be changed
     * @throws DavitException {@code INVALID_ARGUMENT} if it is something else
     */
    public Map<String, String> textMap(String name) throws DavitException {
        Object value = tree.get(name);
        if (value == null) {
            return Map.of();
        }
        JsonObject object = of(JsonPath.field(path, name), value);
        Map<String, String> texts = new LinkedHashMap<>();
        for (String key : object.tree.keySet()) {
            texts.put(key, object.text(key).orElseThrow(() -> object.invalid(key, "is null")));
        }
        return Collections.unmodifiableMap(texts);
    }

    /**
     * Makes the refusal of a field.
     *
     * @param name the field
     * @param why what is wrong with it, without its value if that may be secret
     * @return of kind {@code INVALID_ARGUMENT}; never {@code null}
     */
    public DavitException invalid(String name, String why) {
        return refusal(JsonPath.field(path, name), why);
    }

    /** What an element of a list is called. */
    String element(String name, int index) {
        return JsonPath.element(JsonPath.field(path, name), index);
    }

    static DavitException refusal(String path, String why) {
        return new DavitException(Kind.INVALID_ARGUMENT, path + ": " + why);
    }

    private static long integer(Object value, String path, long least, long most) {
        if (!(value instanceof Long number)) {
            throw refusal(path, "must be an integer from " + least + " to " + most);
        }
        if (number < least || number > most) {
            throw refusal(path, number + " is not from " + least + " to " + most);
        }
        return number;
    }

    private List<?> list(String name) {
        Object value = tree.get(name);
        if (value != null && !(value instanceof List)) {
            throw invalid(name, "must be a list");
        }
        return value == null ? List.of() : (List<?>) value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsonObject that && path.equals(that.path) && tree.equals(that.tree);
    }

    @Override
    public int hashCode() {
        return tree.hashCode();
    }

    @Override
    public String toString() {
        return path;
    }
}

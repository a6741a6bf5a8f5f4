package io.davit.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON, strictly: one document, at most 1 MiB, nested at most 32 deep, no key twice in an object,
 * no lone surrogates.
 *
 * <p>Values are {@code Map<String, Object>} in the order of the text, {@code List<Object>}, {@link
 * String}, {@link Long}, {@link JsonNumber} (for every number that is not the plain form of a
 * {@code long}), {@link Boolean} and {@code null}; maps and lists cannot be changed.
 *
 * @since 1.0
 */
public final class Json {
    /** The longest document, in bytes of UTF-8. */
    public static final int LONGEST = 1 << 20;

    /** The deepest nesting of objects and arrays. */
    public static final int DEEPEST = 32;

    private Json() {}

    /**
     * Reads a document.
     *
     * @param what what the document is, the first word of every message and path, for example
     *     {@code spec}; not {@code null}
     * @param text the document; not {@code null}
     * @return its value; may be {@code null} for the document {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if it breaks one of the rules
     */
    public static Object parse(String what, String text) throws DavitException {
        long bytes = text.length();
        for (int i = 0; i < text.length() && bytes <= LONGEST; i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        requireSize(what, bytes);
        return new JsonReader(what, text).document();
    }

    /**
     * Reads a document in UTF-8, without a byte order mark.
     *
     * @param what as for {@link #parse(String, String)}
     * @param utf8 the document; not {@code null}
     * @return as there
     * @throws DavitException as there, and if it is not UTF-8
     */
    public static Object parse(String what, byte[] utf8) throws DavitException {
        requireSize(what, utf8.length);
        try {
            String text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .decode(ByteBuffer.wrap(utf8))
                            .toString();
            return new JsonReader(what, text).document();
        } catch (CharacterCodingException e) {
            throw new DavitException(Kind.INVALID_ARGUMENT, what + ": not UTF-8", e);
        }
    }

    /**
     * Writes a value without white space.
     *
     * @param value a value as {@link #parse(String, String)} returns it, any {@code Map}, {@code
     *     List}, {@code Integer} or {@code Long} included
     * @return the text; never {@code null}
     * @throws IllegalArgumentException if it holds anything else
     */
    public static String write(Object value) {
        StringBuilder out = new StringBuilder();
        JsonWriter.write(out, value);
        return out.toString();
    }

    /**
     * Copies an object with one value changed, however deep.
     *
     * <p>Objects on the way are made if missing. Everything else stays, in its order.
     *
     * @param object the object; not {@code null}
     * @param value the new value; {@code null} to remove the field
     * @param path names of fields from the outermost in; at least one
     * @return a changed copy; never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if a field on the way is no object
     */
    public static Map<String, Object> with(Map<String, Object> object, Object value, String... path)
            throws DavitException {
        return with(object, value, List.of(path));
    }

    private static Map<String, Object> with(
            Map<String, Object> object, Object value, List<String> path) {
        Map<String, Object> copy = new LinkedHashMap<>(object);
        String name = path.get(0);
        if (path.size() > 1) {
            Object inner = copy.get(name);
            Map<String, Object> next = inner == null ? Map.of() : asObject(name, inner);
            copy.put(name, with(next, value, path.subList(1, path.size())));
        } else if (value == null) {
            copy.remove(name);
        } else {
            copy.put(name, value);
        }
        return Collections.unmodifiableMap(copy);
    }

    /** All maps of a tree have text as keys. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> asObject(String path, Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new DavitException(Kind.INVALID_ARGUMENT, path + ": must be an object");
    }

    private static void requireSize(String what, long bytes) {
        if (bytes > LONGEST) {
            throw new DavitException(Kind.INVALID_ARGUMENT, what + ": larger than 1 MiB");
        }
    }
}

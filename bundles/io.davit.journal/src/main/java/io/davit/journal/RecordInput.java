package io.davit.journal;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the values of a journal record that {@link RecordOutput} wrote, and refuses what does not
 * fit. Allocates nothing in proportion to a number it has read.
 *
 * <p><b>Threads.</b> Confined to one thread. Every method throws {@link MalformedException} if the
 * record ends too early or holds what cannot be.
 *
 * @since 1.0
 */
public final class RecordInput {
    private final ByteBuffer bytes;

    /**
     * Begins to read.
     *
     * @param record the record; not {@code null}
     */
    public RecordInput(byte[] record) {
        bytes = ByteBuffer.wrap(record);
    }

    /** A record that cannot be what was written. */
    public static final class MalformedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /**
         * Makes a failure; owners throw it for values that are well-formed and impossible.
         *
         * @param message what is wrong; not {@code null}
         * @param cause what was thrown below; may be {@code null}
         */
        public MalformedException(String message, Throwable cause) {
            super(message, cause);
        }

        /**
         * Makes a failure without a cause.
         *
         * @param message what is wrong; not {@code null}
         */
        public MalformedException(String message) {
            this(message, null);
        }
    }

    /**
     * Reads a number of eight bytes.
     *
     * @return the number
     */
    public long number() {
        try {
            return bytes.getLong();
        } catch (BufferUnderflowException e) {
            throw tooShort(e);
        }
    }

    /**
     * Reads a number of one byte.
     *
     * @return the number
     */
    public int small() {
        try {
            return bytes.get();
        } catch (BufferUnderflowException e) {
            throw tooShort(e);
        }
    }

    /**
     * Reads a text.
     *
     * @return the text; never {@code null}
     */
    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /**
     * Reads bytes.
     *
     * @return a copy; never {@code null}
     */
    public byte[] bytes() {
        try {
            byte[] value = new byte[length(bytes.getInt())];
            bytes.get(value);
            return value;
        } catch (BufferUnderflowException e) {
            throw tooShort(e);
        }
    }

    /**
     * Reads a time.
     *
     * @return the time; never {@code null}
     */
    public Instant time() {
        try {
            return Instant.ofEpochSecond(number(), number());
        } catch (DateTimeException | ArithmeticException e) {
            throw new MalformedException("no such time", e);
        }
    }

    /**
     * Reads texts.
     *
     * @return the texts, in order; never {@code null}
     */
    public List<String> texts() {
        return list(RecordInput::text);
    }

    /**
     * Reads keys and values.
     *
     * @return the map, in order; never {@code null}
     */
    public Map<String, String> map() {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = length(number()); i > 0; i--) {
            values.put(text(), text());
        }
        return values;
    }

    /**
     * Reads a list.
     *
     * @param <T> the type of its values
     * @param each reads one
     * @return the values, in order; never {@code null}
     */
    public <T> List<T> list(Function<RecordInput, T> each) {
        List<T> values = new ArrayList<>();
        for (int i = length(number()); i > 0; i--) {
            values.add(each.apply(this));
        }
        return values;
    }

    /**
     * Reads a value that may be missing.
     *
     * @param <T> its type
     * @param each reads it
     * @return the value; never {@code null}
     */
    public <T> Optional<T> optional(Function<RecordInput, T> each) {
        return switch (small()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(each.apply(this));
            default -> throw new MalformedException("neither there nor missing");
        };
    }

    /**
     * Reads a constant that was written as its ordinal, with {@link RecordOutput#small}.
     *
     * @param <E> its enum
     * @param values all constants
     * @return the constant; never {@code null}
     */
    public <E extends Enum<E>> E constant(E[] values) {
        int ordinal = small();
        if (ordinal < 0 || ordinal >= values.length) {
            throw new MalformedException("no such constant: " + ordinal);
        }
        return values[ordinal];
    }

    /** Checks that nothing is left. */
    public void end() {
        if (bytes.hasRemaining()) {
            throw new MalformedException("bytes too many: " + bytes.remaining());
        }
    }

    /** No list or text is longer than the bytes that are left. */
    private int length(long claimed) {
        if (claimed < 0 || claimed > bytes.remaining()) {
            throw new MalformedException("impossible length: " + claimed);
        }
        return (int) claimed;
    }

    private static MalformedException tooShort(BufferUnderflowException e) {
        return new MalformedException("bytes missing", e);
    }
}

package io.davit.mount.manager;

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

/** Reads the values of a journal record and refuses everything that does not fit. */
final class RecordInput {
    private final ByteBuffer bytes;

    RecordInput(byte[] record) {
        bytes = ByteBuffer.wrap(record);
    }

    /** A record that cannot be what was written. */
    static final class MalformedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MalformedException(String message, Throwable cause) {
            super(message, cause);
        }

        MalformedException(String message) {
            this(message, null);
        }
    }

    long number() {
        try {
            return bytes.getLong();
        } catch (BufferUnderflowException e) {
            throw tooShort(e);
        }
    }

    int small() {
        try {
            return bytes.get();
        } catch (BufferUnderflowException e) {
            throw tooShort(e);
        }
    }

    String text() {
        try {
            byte[] utf8 = new byte[length(bytes.getInt())];
            bytes.get(utf8);
            return new String(utf8, StandardCharsets.UTF_8);
        } catch (BufferUnderflowException e) {
            throw tooShort(e);
        }
    }

    Instant time() {
        try {
            return Instant.ofEpochSecond(number(), number());
        } catch (DateTimeException | ArithmeticException e) {
            throw new MalformedException("no such time", e);
        }
    }

    List<String> texts() {
        return list(RecordInput::text);
    }

    Map<String, String> map() {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = length(number()); i > 0; i--) {
            values.put(text(), text());
        }
        return values;
    }

    <T> List<T> list(Function<RecordInput, T> each) {
        List<T> values = new ArrayList<>();
        for (int i = length(number()); i > 0; i--) {
            values.add(each.apply(this));
        }
        return values;
    }

    <T> Optional<T> optional(Function<RecordInput, T> each) {
        return small() == 0 ? Optional.empty() : Optional.of(each.apply(this));
    }

    <E extends Enum<E>> E constant(E[] values) {
        int ordinal = small();
        if (ordinal < 0 || ordinal >= values.length) {
            throw new MalformedException("no such constant: " + ordinal);
        }
        return values[ordinal];
    }

    void end() {
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

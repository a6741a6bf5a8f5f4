package io.davit.journal;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Writes the values of a journal record, for {@link RecordInput} to read in the same order.
 *
 * <p><b>Threads.</b> Confined to one thread. No value may be {@code null}.
 *
 * @since 1.0
 */
public final class RecordOutput {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    private final DataOutputStream out = new DataOutputStream(bytes);

    /** Begins an empty record. */
    public RecordOutput() {
        // nothing to set up
    }

    /** A write to memory; cannot fail. */
    private interface Write {
        void run() throws IOException;
    }

    /**
     * Writes a number of eight bytes.
     *
     * @param value the number
     * @return this
     */
    public RecordOutput number(long value) {
        return write(() -> out.writeLong(value));
    }

    /**
     * Writes a number of one byte.
     *
     * @param value -128 to 127
     * @return this
     */
    public RecordOutput small(int value) {
        return write(() -> out.writeByte(value));
    }

    /**
     * Writes a text.
     *
     * @param value the text
     * @return this
     */
    public RecordOutput text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes bytes.
     *
     * @param value the bytes
     * @return this
     */
    public RecordOutput bytes(byte[] value) {
        return write(
                () -> {
                    out.writeInt(value.length);
                    out.write(value);
                });
    }

    /**
     * Writes a time.
     *
     * @param value the time
     * @return this
     */
    public RecordOutput time(Instant value) {
        return number(value.getEpochSecond()).number(value.getNano());
    }

    /**
     * Writes texts.
     *
     * @param values the texts, in order
     * @return this
     */
    public RecordOutput texts(Collection<String> values) {
        return list(values, RecordOutput::text);
    }

    /**
     * Writes keys and values.
     *
     * @param values the map, in its order
     * @return this
     */
    public RecordOutput map(Map<String, String> values) {
        return list(values.entrySet(), (o, e) -> o.text(e.getKey()).text(e.getValue()));
    }

    /**
     * Writes a list.
     *
     * @param <T> the type of its values
     * @param values the values, in order
     * @param each writes one
     * @return this
     */
    public <T> RecordOutput list(Collection<T> values, BiConsumer<RecordOutput, T> each) {
        number(values.size());
        values.forEach(value -> each.accept(this, value));
        return this;
    }

    /**
     * Writes a value that may be missing.
     *
     * @param <T> its type
     * @param value the value
     * @param each writes it
     * @return this
     */
    public <T> RecordOutput optional(Optional<T> value, BiConsumer<RecordOutput, T> each) {
        small(value.isPresent() ? 1 : 0);
        value.ifPresent(present -> each.accept(this, present));
        return this;
    }

    /**
     * Returns the record.
     *
     * @return a copy; never {@code null}
     */
    public byte[] toBytes() {
        return bytes.toByteArray();
    }

    private RecordOutput write(Write write) {
        try {
            write.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }
}

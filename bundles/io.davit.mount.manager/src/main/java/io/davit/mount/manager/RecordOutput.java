package io.davit.mount.manager;

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

/** Writes the values of a journal record. */
final class RecordOutput {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    /** A write to memory; cannot fail. */
    private interface Write {
        void run() throws IOException;
    }

    RecordOutput number(long value) {
        return write(() -> out.writeLong(value));
    }

    RecordOutput small(int value) {
        return write(() -> out.writeByte(value));
    }

    RecordOutput text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return write(
                () -> {
                    out.writeInt(utf8.length);
                    out.write(utf8);
                });
    }

    RecordOutput time(Instant value) {
        return number(value.getEpochSecond()).number(value.getNano());
    }

    RecordOutput texts(Collection<String> values) {
        return list(values, RecordOutput::text);
    }

    RecordOutput map(Map<String, String> values) {
        return list(values.entrySet(), (o, e) -> o.text(e.getKey()).text(e.getValue()));
    }

    <T> RecordOutput list(Collection<T> values, BiConsumer<RecordOutput, T> each) {
        number(values.size());
        values.forEach(value -> each.accept(this, value));
        return this;
    }

    <T> RecordOutput optional(Optional<T> value, BiConsumer<RecordOutput, T> each) {
        small(value.isPresent() ? 1 : 0);
        value.ifPresent(present -> each.accept(this, present));
        return this;
    }

    byte[] toBytes() {
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

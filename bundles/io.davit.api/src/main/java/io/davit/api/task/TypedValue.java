package io.davit.api.task;

import java.util.Arrays;
import java.util.Objects;

/**
 * An opaque value with the URL of its type: protobuf's {@code Any}, for example runtime options of
 * type {@code containerd.runc.v1.Options}.
 *
 * @param typeUrl the type; for protobuf messages the bare full name; not {@code null}
 * @param value the bytes; copied in and out; not {@code null}
 * @since 1.0
 */
public record TypedValue(String typeUrl, byte[] value) {
    /** Copies the bytes. */
    public TypedValue {
        Objects.requireNonNull(typeUrl, "typeUrl");
        value = value.clone();
    }

    @Override
    public byte[] value() {
        return value.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TypedValue that
                && typeUrl.equals(that.typeUrl)
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * typeUrl.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return "TypedValue[" + typeUrl + ", " + value.length + " bytes]";
    }
}

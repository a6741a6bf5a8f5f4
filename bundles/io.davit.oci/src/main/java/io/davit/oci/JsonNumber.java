package io.davit.oci;

import java.util.Objects;

/**
 * A number of JSON that is not the plain form of a {@code long}, as it was written.
 *
 * @param text the number's text, for example {@code 1.50} or {@code 18446744073709551615}
 * @since 1.0
 */
public record JsonNumber(String text) {
    /** Checks for {@code null}. */
    public JsonNumber {
        Objects.requireNonNull(text, "text");
    }

    /**
     * Returns the nearest number of floating point.
     *
     * @return infinite if it is beyond all of them
     */
    public double toDouble() {
        return Double.parseDouble(text);
    }
}

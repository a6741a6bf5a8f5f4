package io.davit.ttrpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What a request carries besides its message: keys with values, in order; a key may repeat. Keys
 * are in lower case. Immutable.
 *
 * @since 1.0
 */
public final class Metadata {
    /** Nothing. */
    public static final Metadata NONE = new Metadata(List.of());

    private final List<Entry> entries;

    private Metadata(List<Entry> entries) {
        this.entries = entries;
    }

    /**
     * One key with one value.
     *
     * @param key the key; brought to lower case
     * @param value the value
     */
    public record Entry(String key, String value) {
        /** Brings the key to lower case. */
        public Entry {
            key = key.toLowerCase(Locale.ROOT);
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * Makes metadata of one value.
     *
     * @param key the key
     * @param value the value
     * @return the metadata; never {@code null}
     */
    public static Metadata of(String key, String value) {
        return NONE.and(key, value);
    }

    static Metadata of(List<Entry> entries) {
        return entries.isEmpty() ? NONE : new Metadata(List.copyOf(entries));
    }

    /**
     * Makes the same metadata with one value more.
     *
     * @param key the key
     * @param value the value
     * @return the metadata; never {@code null}
     */
    public Metadata and(String key, String value) {
        List<Entry> more = new ArrayList<>(entries);
        more.add(new Entry(key, value));
        return of(more);
    }

    /**
     * Returns the first value of a key.
     *
     * @param key the key, in any case
     * @return the value; empty if there is none; never {@code null}
     */
    public Optional<String> first(String key) {
        String wanted = key.toLowerCase(Locale.ROOT);
        return entries.stream().filter(e -> e.key().equals(wanted)).map(Entry::value).findFirst();
    }

    /**
     * Returns everything.
     *
     * @return unmodifiable, in order; never {@code null}
     */
    public List<Entry> entries() {
        return entries;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Metadata that && entries.equals(that.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    @Override
    public String toString() {
        return entries.toString();
    }
}

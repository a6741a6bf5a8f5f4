package io.davit.journal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Named values kept in memory and in a journal, which is compacted when it pays.
 *
 * <p>For owners whose state is a set of records by key. What {@link #put} and {@link #remove} did
 * is durable when they return. When they fail, the value is as before in memory; after the next
 * opening it may be either.
 *
 * <p><b>Threads.</b> Safe for use by many threads. Changes of one key must come from one thread at
 * a time, as a failed change is undone. Changes of many keys share syncs.
 *
 * @since 1.0
 */
public final class JournalTable implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalTable.class);
    private static final byte PUT = 1;
    private static final byte REMOVE = 2;
    private static final int HEADER = 5;

    private final JournalOptions options;
    private final Journal journal;

    /** Keys in the order of their first put. Guarded by itself, together with submits and marks. */
    private final Map<String, byte[]> values = new LinkedHashMap<>();

    /** Whether some thread is compacting. */
    private final AtomicBoolean compacting = new AtomicBoolean();

    private JournalTable(JournalOptions options) {
        this.options = options;
        this.journal = Journal.inMemory(options);
    }

    private JournalTable(Path directory, JournalOptions options) throws JournalException {
        this.options = options;
        List<byte[]> foreign = new ArrayList<>();
        this.journal =
                Journal.open(
                        directory,
                        options,
                        record -> {
                            if (!replay(record)) {
                                foreign.add(record);
                            }
                        });
        foreign.forEach(record -> journal.setAside(record, "no record of a table"));
    }

    /**
     * Opens a directory and reads what it holds.
     *
     * @param directory a directory of this table alone; not {@code null}
     * @param options name and limits; not {@code null}
     * @return an open table; never {@code null}
     * @throws JournalException as for {@link Journal#open}
     */
    public static JournalTable open(Path directory, JournalOptions options)
            throws JournalException {
        return new JournalTable(directory, options);
    }

    /**
     * Makes a table that writes nothing: for one-shot use.
     *
     * @param options name and limits; not {@code null}
     * @return an open, empty table; never {@code null}
     */
    public static JournalTable inMemory(JournalOptions options) {
        return new JournalTable(options);
    }

    /**
     * Sets the value of a key and waits until that is durable.
     *
     * @param key any text; not {@code null}
     * @param value any bytes, copied; key and value together at most {@link
     *     JournalOptions#longestRecord} less 5 bytes; not {@code null}
     * @throws JournalException as for {@link Journal#append}
     */
    public void put(String key, byte[] value) throws JournalException {
        change(key, value.clone());
    }

    /**
     * Removes a key and waits until that is durable. Does nothing if it is not there.
     *
     * @param key any text; not {@code null}
     * @throws JournalException as for {@link Journal#append}
     */
    public void remove(String key) throws JournalException {
        change(key, null);
    }

    /**
     * Finds a value.
     *
     * @param key any text; not {@code null}
     * @return a copy; empty if there is none
     */
    public Optional<byte[]> find(String key) {
        synchronized (values) {
            return Optional.ofNullable(values.get(key)).map(byte[]::clone);
        }
    }

    /**
     * Returns all keys and values, in the order in which the keys were first put.
     *
     * @return a copy; never {@code null}
     */
    public Map<String, byte[]> entries() {
        synchronized (values) {
            Map<String, byte[]> copy = new LinkedHashMap<>();
            values.forEach((key, value) -> copy.put(key, value.clone()));
            return copy;
        }
    }

    /**
     * Returns the journal below, to ask about recovery and health.
     *
     * @return never {@code null}; not to be appended to
     */
    public Journal journal() {
        return journal;
    }

    /**
     * Makes everything durable and lets the directory go, as {@link Journal#close}.
     *
     * @throws JournalException as there
     */
    @Override
    public void close() throws JournalException {
        journal.close();
    }

    /** Sets or, with {@code null}, removes. */
    private void change(String key, byte[] value) throws JournalException {
        byte[] record = encode(Objects.requireNonNull(key, "key"), value);
        byte[] before;
        Commit commit;
        synchronized (values) {
            before = values.get(key);
            if (value == null && before == null) {
                return;
            }
            commit = journal.submit(record);
            set(key, value);
        }
        try {
            commit.await();
        } catch (JournalException e) {
            undo(key, value, before);
            throw e;
        }
        compactIfDue();
    }

    private void undo(String key, byte[] value, byte[] before) {
        synchronized (values) {
            if (values.get(key) == value) {
                set(key, before);
            }
        }
    }

    private void set(String key, byte[] value) {
        if (value == null) {
            values.remove(key);
        } else {
            values.put(key, value);
        }
    }

    /**
     * On the thread of a caller whose own change is durable already: a failure costs it nothing.
     */
    private void compactIfDue() {
        if (!journal.compactionDue() || !compacting.compareAndSet(false, true)) {
            return;
        }
        try {
            List<byte[]> live = new ArrayList<>();
            Mark mark;
            synchronized (values) {
                mark = journal.mark();
                values.forEach((key, value) -> live.add(encode(key, value)));
            }
            journal.compact(mark, live);
        } catch (JournalException e) {
            LOG.warn("journal not compacted: name={} reason={}", options.name(), e.reason(), e);
        } finally {
            compacting.set(false);
        }
    }

    /** Applies a record, or tells that it is none of a table. */
    private boolean replay(byte[] record) {
        ByteBuffer in = ByteBuffer.wrap(record);
        byte kind = record.length < HEADER ? 0 : in.get();
        int length = kind == 0 ? -1 : in.getInt();
        if (length < 0 || length > in.remaining() || kind != PUT && kind != REMOVE) {
            return false;
        }
        String key = new String(record, HEADER, length, StandardCharsets.UTF_8);
        byte[] value = new byte[in.remaining() - length];
        in.position(HEADER + length).get(value);
        set(key, kind == PUT ? value : null);
        return true;
    }

    /** {@code kind, length of key, key, value}. */
    private static byte[] encode(String key, byte[] value) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        int length = value == null ? 0 : value.length;
        ByteBuffer out = ByteBuffer.allocate(HEADER + name.length + length);
        out.put(value == null ? REMOVE : PUT).putInt(name.length).put(name);
        return value == null ? out.array() : out.put(value).array();
    }
}

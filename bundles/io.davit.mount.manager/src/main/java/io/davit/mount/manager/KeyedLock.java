package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One lock a key, made when needed. Not reentrant: a thread that would wait for itself is told so.
 *
 * @param <K> the keys
 */
final class KeyedLock<K> {
    /** Entries exist while somebody holds or wants them. */
    private final ConcurrentHashMap<K, Entry> entries = new ConcurrentHashMap<>();

    /** The lock of one key. */
    private static final class Entry {
        private final Semaphore free = new Semaphore(1, true);

        /** Who works under the lock; read to refuse a wait for oneself. */
        private volatile Thread owner;

        /** Written inside {@code compute} of its key alone. */
        private int users;
    }

    /** A lock that is held. */
    final class Held implements AutoCloseable {
        private final K key;
        private final Entry entry;

        private Held(K key, Entry entry) {
            this.key = key;
            this.entry = entry;
            entry.owner = Thread.currentThread();
        }

        @Override
        public void close() {
            entry.owner = null;
            entry.free.release();
            leave(key);
        }
    }

    /**
     * Takes the lock of a key.
     *
     * @param what what the key is, for messages
     * @throws DavitException {@code FAILED_PRECONDITION} if the calling thread works under it;
     *     {@code CANCELLED} if the thread was interrupted; {@code DEADLINE_EXCEEDED} if others held
     *     it for so long
     */
    Held lock(K key, String what, Duration within) throws DavitException {
        requireOther(key, what);
        Entry entry = enter(key);
        boolean taken = false;
        try {
            taken = entry.free.tryAcquire(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(Kind.CANCELLED, "interrupted while waiting for " + what, e);
        } finally {
            if (!taken) {
                leave(key);
            }
        }
        if (!taken) {
            throw new DavitException(
                    Kind.DEADLINE_EXCEEDED,
                    "another call takes too long: " + what + " millis=" + within.toMillis());
        }
        return new Held(key, entry);
    }

    /**
     * Refuses a call from inside a call that holds the lock of a key.
     *
     * @throws DavitException {@code FAILED_PRECONDITION} if the calling thread holds it
     */
    void requireOther(K key, String what) throws DavitException {
        Entry entry = entries.get(key);
        if (entry != null && entry.owner == Thread.currentThread()) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION, "call from inside a call on the same " + what);
        }
    }

    /** Takes the lock of a key if nobody has it. */
    Optional<Held> tryLock(K key) {
        Entry entry = enter(key);
        if (entry.free.tryAcquire()) {
            return Optional.of(new Held(key, entry));
        }
        leave(key);
        return Optional.empty();
    }

    private Entry enter(K key) {
        return entries.compute(
                key,
                (k, found) -> {
                    Entry entry = found == null ? new Entry() : found;
                    entry.users++;
                    return entry;
                });
    }

    private void leave(K key) {
        entries.computeIfPresent(key, (k, entry) -> --entry.users == 0 ? null : entry);
    }
}

package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

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

    /**
     * Works under the lock of a key.
     *
     * @param what what the key is, for messages
     * @param within the longest wait for the lock
     * @throws DavitException {@code FAILED_PRECONDITION} if the calling thread holds it; {@code
     *     CANCELLED} if the thread was interrupted; {@code DEADLINE_EXCEEDED} if others held it for
     *     so long; what the work throws
     */
    <T> T locked(K key, String what, Duration within, Supplier<T> work) throws DavitException {
        requireOther(key, what);
        Entry entry = enter(key);
        try {
            if (!entry.free.tryAcquire(within.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new DavitException(
                        Kind.DEADLINE_EXCEEDED,
                        "another call takes too long: " + what + " millis=" + within.toMillis());
            }
            return run(entry, work);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(Kind.CANCELLED, "interrupted while waiting for " + what, e);
        } finally {
            leave(key);
        }
    }

    /**
     * Works under the lock of a key if nobody has it.
     *
     * @return whether the work was done
     */
    boolean tryLocked(K key, Runnable work) {
        Entry entry = enter(key);
        try {
            if (!entry.free.tryAcquire()) {
                return false;
            }
            run(
                    entry,
                    () -> {
                        work.run();
                        return null;
                    });
            return true;
        } finally {
            leave(key);
        }
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

    private static <T> T run(Entry entry, Supplier<T> work) {
        entry.owner = Thread.currentThread();
        try {
            return work.get();
        } finally {
            entry.owner = null;
            entry.free.release();
        }
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

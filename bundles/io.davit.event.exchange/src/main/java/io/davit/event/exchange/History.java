package io.davit.event.exchange;

import io.davit.api.task.TaskEvent;

import java.util.ArrayList;
import java.util.List;

/**
 * The last events, by cursor: a ring in which each subscription has a place of its own.
 *
 * <p>Cursors are consecutive. An event can be told once it is released, that is, as safe as it will
 * be. Guards itself.
 */
final class History {
    /** One event with its place. */
    record Entry(long cursor, TaskEvent event) {}

    private final Entry[] ring;

    /** Cursor of the last event. Guarded by this. */
    private long last;

    /** Cursor before the oldest event that is kept. Guarded by this. */
    private long forgotten;

    /** Cursor of the last event that may be told. Guarded by this. */
    private long released;

    /** Whether there has been no event yet. Guarded by this. */
    private boolean empty = true;

    /** Somebody wants the dispatcher to look around. Guarded by this. */
    private boolean poked;

    /**
     * Makes an empty history.
     *
     * @param size how many events are kept
     * @param first the cursor before the first event
     */
    History(int size, long first) {
        this.ring = new Entry[size];
        this.last = first;
        this.forgotten = first;
        this.released = first;
    }

    /**
     * Appends an event.
     *
     * @return the event that is no longer kept, or {@code null}
     */
    synchronized Entry append(TaskEvent event) {
        return put(last + 1, event);
    }

    /**
     * Puts back an event that was stored earlier; a gap before it is lost for good. The first one
     * moves the beginning back to where the stored events begin.
     */
    synchronized Entry restore(long cursor, TaskEvent event) {
        if (!empty && cursor <= last) {
            return null;
        }
        if (empty || cursor != last + 1) {
            forgotten = cursor - 1;
        }
        Entry old = put(cursor, event);
        released = last;
        return old;
    }

    private Entry put(long cursor, TaskEvent event) {
        int at = (int) (cursor % ring.length);
        Entry old = ring[at];
        ring[at] = new Entry(cursor, event);
        empty = false;
        last = cursor;
        forgotten = Math.max(forgotten, cursor - ring.length);
        notifyAll();
        return old;
    }

    synchronized long last() {
        return last;
    }

    synchronized long released() {
        return released;
    }

    /** Lets events be told, up to a cursor. */
    synchronized void release(long upTo) {
        released = Math.max(released, upTo);
    }

    /** The cursor before the oldest event that is kept. */
    synchronized long forgotten() {
        return forgotten;
    }

    /** The events after a cursor that may be told, as far as they are kept. */
    synchronized List<Entry> after(long cursor, int most) {
        return range(cursor, released, most);
    }

    /** The events after a cursor that are not released, as far as they are kept. */
    synchronized List<Entry> unreleased(int most) {
        return range(released, last, most);
    }

    /** All events that are kept, up to a cursor. */
    synchronized List<Entry> kept(long upTo) {
        return range(forgotten, upTo, ring.length);
    }

    private List<Entry> range(long after, long upTo, int most) {
        List<Entry> entries = new ArrayList<>();
        long from = Math.max(after, forgotten) + 1;
        long to = Math.min(upTo, from + most - 1);
        for (long cursor = from; cursor <= to; cursor++) {
            entries.add(ring[(int) (cursor % ring.length)]);
        }
        return entries;
    }

    /** Ends a wait of {@link #awaitWork}. */
    synchronized void poke() {
        poked = true;
        notifyAll();
    }

    /** Waits until there are events to release, or somebody poked. */
    synchronized void awaitWork() throws InterruptedException {
        while (released == last && !poked) {
            wait();
        }
        poked = false;
    }
}

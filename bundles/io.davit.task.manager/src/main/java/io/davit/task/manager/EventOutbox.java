package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskEventBus;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The way to the event bus, which comes and goes: while there is none events wait, the oldest give
 * way when there are too many.
 */
final class EventOutbox {
    private static final Logger LOG = LoggerFactory.getLogger(EventOutbox.class);
    private static final int MOST = 10_000;

    /** Guarded by this. */
    private TaskEventBus bus;

    /** Events that wait for a bus, oldest first. Guarded by this. */
    private final Deque<TaskEvent> waiting = new ArrayDeque<>();

    /** Whether some thread passes on what waits. Guarded by this. */
    private boolean passing;

    /** Guarded by this. */
    private long dropped;

    /** Uses a bus from now on. {@link #passOn} has to follow. */
    synchronized void connect(TaskEventBus next) {
        bus = next;
    }

    synchronized void disconnect(TaskEventBus gone) {
        if (bus == gone) {
            bus = null;
        }
    }

    /** Publishes an event, behind those that wait. Never blocks for long, never fails. */
    void publish(TaskEvent event) {
        TaskEventBus now;
        synchronized (this) {
            now = waiting.isEmpty() ? bus : null;
            if (now == null) {
                hold(event);
                return;
            }
        }
        if (!publish(now, event)) {
            synchronized (this) {
                hold(event);
            }
        }
    }

    private void hold(TaskEvent event) {
        if (waiting.size() >= MOST) {
            waiting.removeFirst();
            dropped++;
        }
        waiting.addLast(event);
    }

    /** Passes on what waits, if there is a bus. */
    void passOn() {
        synchronized (this) {
            if (passing) {
                return;
            }
            passing = true;
        }
        boolean more = true;
        while (more) {
            more = passOne();
        }
    }

    private boolean passOne() {
        TaskEventBus now;
        TaskEvent event;
        synchronized (this) {
            now = bus;
            event = waiting.peekFirst();
            if (now == null || event == null) {
                passing = false;
                reportDropped();
                return false;
            }
        }
        boolean published = publish(now, event);
        synchronized (this) {
            if (published && waiting.peekFirst() == event) {
                waiting.removeFirst();
            } else if (!published && bus == now) {
                passing = false;
                return false;
            }
        }
        return true;
    }

    private void reportDropped() {
        if (dropped > 0) {
            LOG.warn("task events dropped while there was no event bus: events={}", dropped);
            dropped = 0;
        }
    }

    /** Returns whether the bus took it; what it refuses for good is lost. */
    private static boolean publish(TaskEventBus bus, TaskEvent event) {
        try {
            bus.publish(event);
            return true;
        } catch (DavitException e) {
            if (e.kind() == Kind.UNAVAILABLE) {
                return false;
            }
            LOG.warn("task event lost: event={}", event, e);
            return true;
        }
    }
}

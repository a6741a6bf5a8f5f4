package io.davit.ttrpc;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The messages of one stream that arrived and were not taken yet. */
final class Inbox {
    /** The most messages before the connection is paused. Source: ttrpc 1.2.9. */
    static final int MOST_MESSAGES = 64;

    /** What became of a message that arrived. */
    enum Added {
        KEPT,
        /** Kept, and there is no room for another. */
        FULL,
        /** The stream had ended. */
        DROPPED,
        /** Its connection holds too much. */
        REFUSED
    }

    /** Counts the bytes held for a connection. */
    interface Budget {
        /** The budget of one who asked for what arrives. */
        Budget UNLIMITED =
                new Budget() {
                    @Override
                    public boolean reserve(long bytes) {
                        return true;
                    }

                    @Override
                    public void release(long bytes) {
                        // nothing is counted
                    }
                };

        /** Takes bytes into account unless that is too much. */
        boolean reserve(long bytes);

        /** Gives them back. */
        void release(long bytes);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by the lock. */
    private final Deque<byte[]> messages = new ArrayDeque<>();

    /** Bytes in {@link #messages}; guarded by the lock. */
    private long bytes;

    /** Guarded by the lock. */
    private boolean ended;

    /** What the taker gets after the messages; guarded by the lock. */
    private TtrpcException failure;

    /** Run once when there is room again; guarded by the lock. */
    private Runnable whenRoom;

    private final Budget budget;
    private final Runnable overflow;

    /**
     * Makes an empty inbox.
     *
     * @param budget where its bytes are counted
     * @param overflow run when the messages were not taken in time
     */
    Inbox(Budget budget, Runnable overflow) {
        this.budget = budget;
        this.overflow = overflow;
    }

    Added add(byte[] message) {
        lock.lock();
        try {
            if (ended || failure != null) {
                return Added.DROPPED;
            }
            if (!budget.reserve(message.length)) {
                return Added.REFUSED;
            }
            messages.add(message);
            bytes += message.length;
            changed.signalAll();
            return isFull() ? Added.FULL : Added.KEPT;
        } finally {
            lock.unlock();
        }
    }

    /** No message will follow. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** No message will follow, because something failed. What arrived before can still be taken. */
    void fail(TtrpcException why) {
        Runnable room;
        lock.lock();
        try {
            if (!ended && failure == null) {
                failure = why;
            }
            changed.signalAll();
            room = takeWhenRoom();
        } finally {
            lock.unlock();
        }
        room.run();
    }

    /** Forgets what arrived: nobody will take it. */
    void abandon(TtrpcException why) {
        lock.lock();
        try {
            messages.clear();
            budget.release(bytes);
            bytes = 0;
            ended = false;
        } finally {
            lock.unlock();
        }
        fail(why);
    }

    void overflow() {
        overflow.run();
    }

    /**
     * Has something run once there is room.
     *
     * @return whether there is already, in which case it is not run
     */
    boolean whenRoom(Runnable task) {
        lock.lock();
        try {
            if (!isFull()) {
                return true;
            }
            whenRoom = task;
            return false;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the next message.
     *
     * @param deadline a point of {@link System#nanoTime}, or {@link Outbound#FOREVER}
     * @return the message; {@code null} after the last one
     */
    byte[] take(long deadline) throws TtrpcException, InterruptedException {
        byte[] message;
        Runnable room;
        lock.lockInterruptibly();
        try {
            while (messages.isEmpty() && !ended && failure == null) {
                await(deadline);
            }
            message = messages.poll();
            if (message == null && failure != null) {
                throw failure.again();
            }
            if (message != null) {
                bytes -= message.length;
                budget.release(message.length);
            }
            room = isFull() ? () -> {} : takeWhenRoom();
        } finally {
            lock.unlock();
        }
        room.run();
        return message;
    }

    private void await(long deadline) throws TtrpcException, InterruptedException {
        if (deadline == Outbound.FOREVER) {
            changed.await();
            return;
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw TtrpcException.deadline("no message in time");
        }
        changed.await(left, TimeUnit.NANOSECONDS);
    }

    private boolean isFull() {
        return messages.size() >= MOST_MESSAGES || bytes >= Frames.LARGEST;
    }

    private Runnable takeWhenRoom() {
        Runnable task = whenRoom;
        whenRoom = null;
        return task == null ? () -> {} : task;
    }
}

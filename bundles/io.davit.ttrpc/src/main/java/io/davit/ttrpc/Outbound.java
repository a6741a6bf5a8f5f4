package io.davit.ttrpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The frames on their way to the peer. Whoever adds one writes it too, and whatever others added
 * meanwhile; what the socket does not take is written by the loop when it can.
 *
 * <p>Frames are written whole and in the order they were added. Threads other than the loop's wait
 * while more than {@link #HIGH_WATER} bytes are queued.
 */
final class Outbound {
    /** Beyond this many bytes nobody may add, and a connection reads no further requests. */
    static final long HIGH_WATER = 1 << 20;

    /** No time limit. */
    static final long FOREVER = Long.MAX_VALUE;

    private static final int GATHER = 64;

    /** Numbers a frame just before it is queued. Called with the queue's lock held. */
    interface Numbering {
        int next() throws TtrpcException;
    }

    /** What the queue needs of its connection. */
    interface Owner {
        void writeFailed(IOException cause);

        /** The socket is full: tell when it can take more. */
        void awaitWritable();

        /** Fewer than {@link #HIGH_WATER} bytes are queued again. */
        void drained();
    }

    private final SocketChannel channel;
    private final Owner owner;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();

    /** Guarded by the lock. */
    private final Deque<ByteBuffer> queue = new ArrayDeque<>();

    /** Bytes queued or being written; guarded by the lock. */
    private long queued;

    /** Whether some thread writes, or the loop holds writing back; guarded by the lock. */
    private boolean writing;

    /** Whether the socket is full; guarded by the lock. */
    private boolean blocked;

    /** Why nothing can be sent any more; guarded by the lock. */
    private TtrpcException ended;

    Outbound(SocketChannel channel, Owner owner) {
        this.channel = channel;
        this.owner = owner;
    }

    /**
     * Sends a frame, waiting for room until the time is over.
     *
     * @param deadline a point of {@link System#nanoTime}, or {@link #FOREVER}
     */
    void send(ByteBuffer frame, Numbering ids, long deadline)
            throws TtrpcException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (ended == null && queued >= HIGH_WATER) {
                awaitRoom(deadline);
            }
            add(frame, ids);
        } finally {
            lock.unlock();
        }
        write();
    }

    /** Sends a frame as {@link #send}; an interrupt is kept for later. */
    void sendUninterruptibly(ByteBuffer frame, Numbering ids, long deadline) throws TtrpcException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    send(frame, ids, deadline);
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Sends a frame without waiting for room. */
    void sendNow(ByteBuffer frame, Numbering ids) throws TtrpcException {
        lock.lock();
        try {
            add(frame, ids);
        } finally {
            lock.unlock();
        }
        write();
    }

    boolean isOverHighWater() {
        lock.lock();
        try {
            return queued >= HIGH_WATER;
        } finally {
            lock.unlock();
        }
    }

    /** Says whether everything was written. */
    boolean isEmpty() {
        lock.lock();
        try {
            return queued == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Holds writing back, unless some thread is at it, so that several frames go as one. */
    boolean hold() {
        lock.lock();
        try {
            boolean mine = !writing;
            writing = true;
            return mine;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a successful {@link #hold}. */
    void release() {
        lock.lock();
        try {
            writing = false;
        } finally {
            lock.unlock();
        }
        write();
    }

    /** The socket can take more. */
    void writable() {
        lock.lock();
        try {
            blocked = false;
        } finally {
            lock.unlock();
        }
        write();
    }

    /** Drops what is queued and refuses everything from now on. */
    void end(TtrpcException why) {
        lock.lock();
        try {
            if (ended == null) {
                ended = why;
            }
            queue.clear();
            queued = 0;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitRoom(long deadline) throws TtrpcException, InterruptedException {
        if (deadline == FOREVER) {
            room.await();
            return;
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw TtrpcException.deadline("peer does not read: queued bytes=" + queued);
        }
        room.await(left, TimeUnit.NANOSECONDS);
    }

    private void add(ByteBuffer frame, Numbering ids) throws TtrpcException {
        if (ended != null) {
            throw ended.again();
        }
        Frames.stamp(frame, ids.next());
        queue.add(frame);
        queued += frame.remaining();
    }

    private void write() {
        ByteBuffer[] batch = begin();
        try {
            while (batch.length > 0) {
                long written = channel.write(batch);
                batch = proceed(batch, written);
            }
        } catch (IOException e) {
            owner.writeFailed(e);
        }
    }

    /** Becomes the writer and takes a batch; empty if there is nothing to do for this thread. */
    private ByteBuffer[] begin() {
        lock.lock();
        try {
            if (writing || blocked || ended != null || queue.isEmpty()) {
                return new ByteBuffer[0];
            }
            writing = true;
            return take();
        } finally {
            lock.unlock();
        }
    }

    private ByteBuffer[] take() {
        ByteBuffer[] batch = new ByteBuffer[Math.min(queue.size(), GATHER)];
        for (int i = 0; i < batch.length; i++) {
            batch[i] = queue.poll();
        }
        return batch;
    }

    /** Accounts for what was written; gives the next batch, or stops being the writer. */
    private ByteBuffer[] proceed(ByteBuffer[] batch, long written) {
        boolean nowBlocked;
        boolean drained;
        lock.lock();
        try {
            if (ended != null) {
                writing = false;
                return new ByteBuffer[0];
            }
            drained = queued >= HIGH_WATER && queued - written < HIGH_WATER;
            queued -= written;
            for (int i = batch.length - 1; i >= 0 && batch[i].hasRemaining(); i--) {
                queue.addFirst(batch[i]);
            }
            nowBlocked = batch[batch.length - 1].hasRemaining();
            if (drained) {
                room.signalAll();
            }
            blocked = nowBlocked;
            writing = !nowBlocked && !queue.isEmpty();
            batch = writing ? take() : new ByteBuffer[0];
        } finally {
            lock.unlock();
        }
        if (nowBlocked) {
            owner.awaitWritable();
        }
        if (drained) {
            owner.drained();
        }
        return batch;
    }
}

package io.davit.shim.wasm;

import java.io.IOException;

/**
 * Input that a thread of its own reads ahead, so that the guest's thread waits only where it can be
 * woken, and can ask whether there is something to read. The thread starts with the first question.
 */
final class PumpedInput implements GuestInput {
    private static final int CAPACITY = 1 << 16;

    /**
     * How long nothing may come, once the input is to end, until what was written counts as read.
     */
    private static final long QUIET_NANOS = 50_000_000;

    private final InputSource source;
    private final String threadName;

    /** Guards what follows; nothing blocks with it held. */
    private final Object lock = new Object();

    private Thread pump;
    private byte[] buffer = {};
    private int from;
    private int to;
    private boolean ending;
    private boolean ended;
    private boolean cancelled;
    private boolean failed;

    /** When something last came or the end was asked for. */
    private long lastNanos;

    PumpedInput(InputSource source, String threadName) {
        this.source = source;
        this.threadName = threadName;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws ErrnoException {
        synchronized (lock) {
            if (length == 0 || !await(Long.MAX_VALUE) || from == to) {
                return 0;
            }
            int count = Math.min(length, to - from);
            System.arraycopy(buffer, from, into, offset, count);
            from += count;
            if (from == to) {
                lock.notifyAll();
            }
            return count;
        }
    }

    @Override
    public boolean awaitReady(long nanos) throws ErrnoException {
        synchronized (lock) {
            return await(nanos);
        }
    }

    /** Waits until there are bytes or there will never be any; the lock is held. */
    private boolean await(long nanos) throws ErrnoException {
        startPump();
        long start = System.nanoTime();
        while (from == to && !ended && !cancelled) {
            long now = System.nanoTime();
            long quiet = ending ? lastNanos + QUIET_NANOS - now : Long.MAX_VALUE;
            if (quiet <= 0) {
                ended = true;
                source.cancel();
                break;
            }
            long left = nanos == Long.MAX_VALUE ? nanos : start + nanos - now;
            if (left <= 0) {
                return false;
            }
            sleep(Math.min(left, quiet));
        }
        if (from == to && failed) {
            failed = false;
            throw new ErrnoException(Errno.IO);
        }
        return true;
    }

    private void sleep(long nanos) throws ErrnoException {
        try {
            lock.wait(Math.max(1, Math.min(nanos / 1_000_000, 3_600_000)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ErrnoException(Errno.INTR);
        }
    }

    private void startPump() {
        if (pump == null && !ended && !cancelled) {
            pump = new Thread(this::pump, threadName);
            pump.setDaemon(true);
            pump.start();
        }
    }

    private void pump() {
        byte[] spare = new byte[CAPACITY];
        try {
            int count = source.read(spare);
            while (count >= 0 && (spare = offer(spare, count)) != null) {
                count = source.read(spare);
            }
            finish(false);
        } catch (IOException e) {
            finish(true);
        } catch (InterruptedException e) {
            finish(false);
        }
    }

    /** Hands a full buffer over once the last one is used up; returns one to fill, or null. */
    private byte[] offer(byte[] full, int count) throws InterruptedException {
        synchronized (lock) {
            while (from < to && !ended && !cancelled) {
                lock.wait();
            }
            if (ended || cancelled) {
                return null;
            }
            byte[] spare = buffer.length == 0 ? new byte[CAPACITY] : buffer;
            buffer = full;
            from = 0;
            to = count;
            lastNanos = System.nanoTime();
            lock.notifyAll();
            return spare;
        }
    }

    private void finish(boolean withFailure) {
        synchronized (lock) {
            failed = withFailure && !ended && !cancelled;
            ended = true;
            lock.notifyAll();
        }
    }

    @Override
    public void end() {
        synchronized (lock) {
            ending = true;
            lastNanos = System.nanoTime();
            lock.notifyAll();
        }
    }

    @Override
    public void cancel() {
        Thread thread;
        synchronized (lock) {
            cancelled = true;
            from = to;
            thread = pump;
            lock.notifyAll();
        }
        source.cancel();
        if (thread != null) {
            thread.interrupt();
        }
    }
}

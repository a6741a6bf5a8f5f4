package io.davit.shim.wasm;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stops, halts and moves one guest from outside. What is asked for happens at the guest's next
 * safepoint: a branch or a call of its code, or the end of a host call.
 */
final class GuestControl {
    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private final CpuQueue cpu;

    /** Guards what follows, but for the volatile fields. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();

    private GuestThread thread;
    private int signal;
    private boolean paused;
    private boolean halted;
    private boolean yield;
    private Runnable errand;

    /** Whether the guest is in a host call, where none of its code runs; written by its thread. */
    private volatile boolean inHost = true;

    GuestControl(CpuQueue cpu) {
        this.cpu = cpu;
    }

    /** The guest's thread takes over. */
    void attach(GuestThread now) {
        lock.lock();
        try {
            thread = now;
            now.setAttention(signal != 0 || paused);
        } finally {
            lock.unlock();
        }
    }

    /** The guest's thread has nothing to do with it any more. */
    void detach() {
        lock.lock();
        try {
            thread.setAttention(true);
            thread = null;
            halted = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Thread.interrupted();
    }

    private void raiseAttention() {
        if (thread != null) {
            thread.setAttention(true);
        }
        changed.signalAll();
    }

    /** Ends the guest as a signal would; the first one counts. */
    void kill(int number) {
        lock.lock();
        try {
            if (signal == 0) {
                signal = number;
            }
            raiseAttention();
            if (thread != null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The signal that ends the guest; 0 for none. */
    int signal() {
        lock.lock();
        try {
            return signal;
        } finally {
            lock.unlock();
        }
    }

    /** Halts the guest; {@code false} if it did not get to a safepoint in time. */
    boolean pause(long nanos) throws InterruptedException {
        lock.lock();
        try {
            paused = true;
            raiseAttention();
            long end = System.nanoTime() + nanos;
            while (thread != null && !halted && !inHost && paused) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                // Whether it is in a host call is not signalled.
                changed.awaitNanos(Math.min(left, LOOK_AGAIN_NANOS));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void resume() {
        lock.lock();
        try {
            paused = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Asks the guest to let others compute for a moment. */
    void askToYield() {
        lock.lock();
        try {
            yield = true;
            raiseAttention();
        } finally {
            lock.unlock();
        }
    }

    /** Has something run on the guest's thread at its next branch or call. */
    void send(Runnable work) {
        lock.lock();
        try {
            errand = work;
            raiseAttention();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Does what was asked for, on the guest's thread and in the middle of its code.
     *
     * @return whether the guest has to end
     */
    boolean safepoint() {
        Runnable work = null;
        if (!settle()) {
            lock.lock();
            try {
                work = errand;
                errand = null;
            } finally {
                lock.unlock();
            }
            if (work != null) {
                work.run();
            }
        }
        return signal() != 0;
    }

    /** Halts while asked to and takes turns; says whether the guest has to end. */
    private boolean settle() {
        boolean rest;
        lock.lock();
        try {
            rest = paused && signal == 0 || yield;
            yield = false;
            if (!rest) {
                thread.setAttention(signal != 0);
            }
        } finally {
            lock.unlock();
        }
        if (rest) {
            blocks();
            halt();
            unblocks();
            return settle();
        }
        return signal() != 0;
    }

    private void halt() {
        lock.lock();
        try {
            while (paused && signal == 0) {
                halted = true;
                changed.signalAll();
                changed.awaitUninterruptibly();
            }
            halted = false;
        } finally {
            lock.unlock();
        }
    }

    /** The guest's thread waits; {@code false} if it has to end before. */
    boolean sleep(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && signal == 0) {
                left = changed.awaitNanos(left);
            }
            return signal == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** The guest's thread begins a host call. */
    void enterHost() {
        inHost = true;
    }

    /**
     * The guest's thread ends a host call; says whether the guest has to end. Halts while asked to.
     */
    boolean leaveHost() {
        inHost = false;
        return GuestThread.current().attention() && leaveAttentively();
    }

    private boolean leaveAttentively() {
        boolean end = settle();
        lock.lock();
        try {
            if (errand != null && thread != null) {
                thread.setAttention(true);
            }
        } finally {
            lock.unlock();
        }
        return end;
    }

    /** The guest's thread is about to wait: others may compute. */
    void blocks() {
        cpu.leave(this);
    }

    /** The guest's thread has waited. One that is interrupted goes on to its end without a turn. */
    void unblocks() {
        try {
            cpu.enter(this);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

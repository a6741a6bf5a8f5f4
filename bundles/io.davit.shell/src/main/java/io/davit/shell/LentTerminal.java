package io.davit.shell;

import io.davit.api.task.ConsoleSize;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A client's terminal while a task uses it. */
final class LentTerminal {
    private final Outbox outbox;

    /** Whether the client was asked for it; guarded by this. */
    private boolean lent;

    /** Whether the client has answered; guarded by this. */
    private boolean answered;

    /** The last size; {@code null} if there is no terminal; guarded by this. */
    private ConsoleSize size;

    /** Guarded by this, called without. */
    private Consumer<ConsoleSize> listener;

    LentTerminal(Outbox outbox) {
        this.outbox = outbox;
    }

    /** Asks for the terminal and waits for its size; empty if there is none. */
    synchronized Optional<ConsoleSize> lend(long millis) throws InterruptedException {
        lent = true;
        outbox.terminal(true);
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long left = endNanos - System.nanoTime();
        while (!answered && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = endNanos - System.nanoTime();
        }
        return Optional.ofNullable(size);
    }

    synchronized void giveBack() {
        if (lent) {
            lent = false;
            listener = null;
            outbox.terminal(false);
        }
    }

    synchronized void onResize(Consumer<ConsoleSize> told) {
        listener = told;
    }

    /**
     * Takes what the client says about its size.
     *
     * @throws IOException if it was not asked, or says nonsense
     */
    void sized(byte[] bytes) throws IOException {
        if (bytes.length != 2 * Short.BYTES) {
            throw new IOException("size of a terminal has a wrong length");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int columns = Short.toUnsignedInt(in.getShort());
        int rows = Short.toUnsignedInt(in.getShort());
        ConsoleSize now = columns == 0 || rows == 0 ? null : new ConsoleSize(columns, rows);
        Consumer<ConsoleSize> told;
        synchronized (this) {
            answered = true;
            size = now;
            told = listener;
            notifyAll();
        }
        if (told != null && now != null) {
            told.accept(now);
        }
    }
}

package io.davit.launcher;

import java.io.IOException;
import java.io.InputStream;

/** Sends standard input to a daemon, never more of it than the command there has room for. */
final class ClientInput {
    private static final int BUFFER = 1 << 15;

    private final InputStream in;
    private final ClientFrames frames;

    /** How many bytes may be sent; guarded by this. */
    private int credit;

    /** Whether the thread that reads was started; guarded by this. */
    private boolean started;

    ClientInput(InputStream in, ClientFrames frames) {
        this.in = in;
        this.frames = frames;
    }

    /** Allows more bytes; begins to read with the first ones. */
    synchronized void allow(int bytes) {
        credit += Math.max(0, Math.min(bytes, Integer.MAX_VALUE - credit));
        notifyAll();
        if (!started) {
            started = true;
            Thread thread = new Thread(this::send, "davit-client-input");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void send() {
        byte[] buffer = new byte[BUFFER];
        try {
            int count;
            do {
                count = in.read(buffer, 0, take(BUFFER));
                frames.input(buffer, Math.max(count, 0));
                giveBack(Math.max(count, 0));
            } while (count >= 0);
        } catch (IOException e) {
            // The daemon has gone, and whoever reads its frames says so.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until something may be sent and returns how much. */
    private synchronized int take(int most) throws InterruptedException {
        while (credit == 0) {
            wait();
        }
        return Math.min(most, credit);
    }

    private synchronized void giveBack(int sent) {
        credit -= sent;
    }
}

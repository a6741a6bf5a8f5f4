package io.davit.shell;

import io.davit.api.task.Stdio;
import io.davit.api.task.TaskLog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The output of one task on its way into its log, see {@link TaskLog}, and to those who watch it.
 *
 * <p>Bounded: a task that writes faster than the disk waits. The log is written by the thread of
 * {@link TaskLogs} alone, because threads of tasks are interrupted.
 */
final class Capture {
    private static final String DIRECTORY = "logs";
    private static final String FILE = "output";
    private static final String OLDER = "output.1";
    private static final long MOST_BYTES = 16L << 20;

    /** What readers of logs take as one line. */
    private static final int LONGEST_LINE = 1 << 14;

    private static final int MOST_WAITING = 1 << 18;
    private static final int LONGEST = 1 << 15;

    /** What a chunk costs besides its bytes, so that many small ones are bounded too. */
    private static final int OVERHEAD = 64;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.nnnnnnnnnxxx")
                    .withZone(ZoneOffset.UTC);

    private final Consumer<Capture> ready;
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final List<CaptureWatch> watches = new CopyOnWriteArrayList<>();

    /** Guarded by this. */
    private final Deque<Chunk> chunks = new ArrayDeque<>();

    /** Cost of the chunks; guarded by this. */
    private int waiting;

    /** The task's directory once it is known; guarded by this. */
    private Path bundle;

    /** Whether nothing is kept any more; guarded by this. */
    private boolean closed;

    /** Used by the thread that writes. */
    private RotatedFile file;

    /**
     * Bytes of a task.
     *
     * @param error whether they went to standard error
     * @param at when
     * @param bytes what
     */
    record Chunk(boolean error, Instant at, byte[] bytes) {
        int cost() {
            return bytes.length + OVERHEAD;
        }
    }

    /**
     * Makes a capture.
     *
     * @param ready is told, by any thread, that {@link #write} has something to do
     */
    Capture(Consumer<Capture> ready) {
        this.ready = ready;
    }

    /** The streams to give to the task. */
    Stdio stdio(boolean terminal) {
        Stdio.Sink out = new Stdio.ToStream(new Captured(false));
        Stdio.Sink err = terminal ? new Stdio.None() : new Stdio.ToStream(new Captured(true));
        return new Stdio(new Stdio.None(), out, err, terminal);
    }

    /** One of the task's streams. */
    private final class Captured extends OutputStream {
        private final boolean error;

        Captured(boolean error) {
            this.error = error;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int at = offset; at < offset + length; at += LONGEST) {
                int end = Math.min(at + LONGEST, offset + length);
                put(new Chunk(error, Instant.now(), Arrays.copyOfRange(bytes, at, end)));
            }
        }
    }

    private void put(Chunk chunk) throws IOException {
        synchronized (this) {
            try {
                while (waiting >= MOST_WAITING && !closed) {
                    wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while writing");
            }
            if (closed) {
                return;
            }
            chunks.add(chunk);
            waiting += chunk.cost();
        }
        watches.forEach(watch -> watch.offer(chunk));
        signal();
    }

    private void signal() {
        if (signalled.compareAndSet(false, true)) {
            ready.accept(this);
        }
    }

    /** Says where the task lies; nothing is written before. */
    void place(Path itsBundle) {
        synchronized (this) {
            bundle = itsBundle;
        }
        signal();
    }

    /** Lets somebody watch from now on. */
    void add(CaptureWatch watch) {
        watches.add(watch);
    }

    void remove(CaptureWatch watch) {
        watches.remove(watch);
    }

    /** Drops what comes from now on. */
    synchronized void close() {
        closed = true;
        chunks.clear();
        notifyAll();
    }

    /**
     * Writes what waits. Called by one thread.
     *
     * @throws IOException if the log cannot be written; what waited is lost
     */
    void write() throws IOException {
        signalled.set(false);
        Path place;
        List<Chunk> some;
        synchronized (this) {
            place = bundle;
            some = place == null ? List.of() : List.copyOf(chunks);
        }
        if (some.isEmpty()) {
            return;
        }
        try {
            append(place, format(some));
        } finally {
            written(some.size());
        }
    }

    private synchronized void written(int count) {
        for (int i = 0; i < count && !chunks.isEmpty(); i++) {
            waiting -= chunks.poll().cost();
        }
        notifyAll();
    }

    private void append(Path place, ByteBuffer bytes) throws IOException {
        if (file == null) {
            Path directory = place.resolve(DIRECTORY);
            makeDirectory(directory);
            file = new RotatedFile(directory.resolve(FILE), directory.resolve(OLDER), MOST_BYTES);
        }
        file.append(bytes);
    }

    private static void makeDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // From before a restart.
        }
    }

    /** Waits until everything is written, bounded. */
    synchronized void drain(long millis) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long left = endNanos - System.nanoTime();
        while (!chunks.isEmpty() && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = endNanos - System.nanoTime();
        }
    }

    private static ByteBuffer format(List<Chunk> chunks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream run = new ByteArrayOutputStream();
        for (int i = 0; i < chunks.size(); i++) {
            Chunk chunk = chunks.get(i);
            run.writeBytes(chunk.bytes());
            if (i + 1 == chunks.size() || chunks.get(i + 1).error() != chunk.error()) {
                format(chunk, run.toByteArray(), out);
                run.reset();
            }
        }
        return ByteBuffer.wrap(out.toByteArray());
    }

    /** Writes the lines of bytes that came together with, at last, a chunk. */
    private static void format(Chunk last, byte[] bytes, ByteArrayOutputStream out) {
        String head = TIME.format(last.at()) + (last.error() ? " stderr " : " stdout ");
        int start = 0;
        while (start < bytes.length) {
            int end = start;
            int limit = Math.min(bytes.length, start + LONGEST_LINE);
            while (end < limit && bytes[end] != '\n') {
                end++;
            }
            boolean whole = end < limit;
            out.writeBytes((head + (whole ? "F " : "P ")).getBytes(StandardCharsets.US_ASCII));
            out.write(bytes, start, end - start);
            out.write('\n');
            start = whole ? end + 1 : end;
        }
    }
}

package io.davit.api.task;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads what the init process of a task has written, as its runtime keeps it.
 *
 * <p>The files lie in the directory {@code logs} of the bundle: {@code output} is written now; when
 * it has reached its size an empty one takes its place, and what was there is {@code output.kept}
 * first and {@code output.1} later. Each line is {@code TIME STREAM TAG TEXT}: an ISO 8601 time,
 * {@code stdout} or {@code stderr}, {@code F} for a line that is complete or {@code P} for a part
 * of one, and the text. Source: the format of logs of Kubernetes' container runtime interface.
 *
 * <p>A reader begins with the oldest line that is kept and can go on while the task writes. One
 * that is slower than the task misses what is not kept any more.
 *
 * <p><b>Threads.</b> Confined to one thread.
 *
 * @since 1.0
 */
public final class TaskLog implements AutoCloseable {
    private static final String DIRECTORY = "logs";
    private static final List<String> OLDEST_FIRST = List.of("output.1", "output.kept", "output");
    private static final int CHUNK = 1 << 16;

    private final Path directory;
    private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK).flip();
    private FileChannel file;

    /** Which file is open; survives its changes of name. */
    private Object key;

    private TaskLog(Path directory) {
        this.directory = directory;
    }

    /**
     * A line, or a part of one.
     *
     * @param at when it was read from the task; not {@code null}
     * @param error whether it was written to standard error
     * @param complete whether the line ends here
     * @param text the bytes, without the end of the line; a copy
     */
    public record Line(Instant at, boolean error, boolean complete, byte[] text) {
        /** Copies the bytes. */
        public Line {
            text = text.clone();
        }

        @Override
        public byte[] text() {
            return text.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Line that
                    && at.equals(that.at)
                    && error == that.error
                    && complete == that.complete
                    && Arrays.equals(text, that.text);
        }

        @Override
        public int hashCode() {
            return 31 * at.hashCode() + Arrays.hashCode(text);
        }

        @Override
        public String toString() {
            return "Line[" + at + ", " + text.length + " bytes]";
        }
    }

    /**
     * Opens the log of a task.
     *
     * @param bundle the task's directory, see {@link Task#bundle}
     * @return never {@code null}
     * @throws DavitException {@code NOT_FOUND} if its runtime keeps none; {@code INTERNAL} if it
     *     cannot be read
     */
    public static TaskLog open(Path bundle) throws DavitException {
        TaskLog log = new TaskLog(bundle.resolve(DIRECTORY));
        if (!log.openNext()) {
            throw new DavitException(Kind.NOT_FOUND, "no log is kept: bundle=" + bundle);
        }
        return log;
    }

    /**
     * Reads the next line. Lines that are malformed are left out.
     *
     * @return empty if there is none now; one may come later while the task runs; never {@code
     *     null}
     * @throws DavitException {@code INTERNAL} if it cannot be read
     */
    public Optional<Line> next() throws DavitException {
        while (true) {
            Optional<byte[]> bytes = nextBytes();
            if (bytes.isEmpty()) {
                return Optional.empty();
            }
            Optional<Line> line = parse(bytes.get());
            if (line.isPresent()) {
                return line;
            }
        }
    }

    private Optional<byte[]> nextBytes() throws DavitException {
        while (true) {
            Optional<byte[]> line = take();
            if (line.isPresent()) {
                return line;
            }
            // Whether a newer file exists is asked before the end is looked at: then the end stays.
            boolean last = isNewest();
            if (!fill() && (last || !openNext())) {
                return Optional.empty();
            }
        }
    }

    /** Takes a whole line out of the buffer. */
    private Optional<byte[]> take() {
        for (int i = buffer.position(); i < buffer.limit(); i++) {
            if (buffer.get(i) == '\n') {
                byte[] line = new byte[i - buffer.position()];
                buffer.get(line).get();
                return Optional.of(line);
            }
        }
        if (buffer.remaining() == buffer.capacity()) {
            buffer.position(buffer.limit());
        }
        return Optional.empty();
    }

    private boolean fill() throws DavitException {
        buffer.compact();
        try {
            return file.read(buffer) > 0;
        } catch (IOException e) {
            throw unreadable(e);
        } finally {
            buffer.flip();
        }
    }

    private boolean isNewest() throws DavitException {
        List<Named> files = files();
        return files.isEmpty() || files.get(files.size() - 1).key().equals(key);
    }

    /** A file and what tells it from others. */
    private record Named(Path path, Object key) {}

    private List<Named> files() throws DavitException {
        List<Named> files = new ArrayList<>();
        for (String name : OLDEST_FIRST) {
            Path path = directory.resolve(name);
            try {
                BasicFileAttributes attributes =
                        Files.readAttributes(
                                path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                Named named = new Named(path, String.valueOf(attributes.fileKey()));
                files.removeIf(earlier -> earlier.key().equals(named.key()));
                files.add(named);
            } catch (NoSuchFileException e) {
                continue;
            } catch (IOException e) {
                throw unreadable(e);
            }
        }
        return files;
    }

    /** Goes on to the file after the one that is open; the oldest if that is not kept any more. */
    private boolean openNext() throws DavitException {
        List<Named> files = files();
        int next = 0;
        for (int i = 0; i < files.size(); i++) {
            next = files.get(i).key().equals(key) ? i + 1 : next;
        }
        if (next >= files.size()) {
            return false;
        }
        Named named = files.get(next);
        try {
            FileChannel opened =
                    FileChannel.open(
                            named.path(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            close();
            file = opened;
            key = named.key();
            buffer.clear().flip();
            return true;
        } catch (NoSuchFileException e) {
            // It has got its next name meanwhile.
            return openNext();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static Optional<Line> parse(byte[] bytes) {
        String head = new String(bytes, 0, Math.min(bytes.length, 64), StandardCharsets.ISO_8859_1);
        String[] fields = head.split(" ", 4);
        if (fields.length < 4) {
            return Optional.empty();
        }
        int text = fields[0].length() + fields[1].length() + fields[2].length() + 3;
        try {
            return Optional.of(
                    new Line(
                            OffsetDateTime.parse(fields[0]).toInstant(),
                            fields[1].equals("stderr"),
                            !fields[2].startsWith("P"),
                            Arrays.copyOfRange(bytes, text, bytes.length)));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private DavitException unreadable(IOException e) {
        return new DavitException(
                Kind.INTERNAL, "log cannot be read: directory=" + directory + " cause=" + e, e);
    }

    @Override
    public void close() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException ignored) {
            // Nothing was written.
        }
    }
}

package io.davit.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** One file that keeps what the owner refuses to act on: a line that says why, then the record. */
final class Refused {
    private static final long MOST_BYTES = 16 << 20;

    private final Storage storage;

    /** Made at the first record. All guarded by this. */
    private StoredFile file;

    private String name;
    private long end;
    private boolean closed;

    Refused(Storage storage) {
        this.storage = storage;
    }

    /** Keeps a record, unless the disk or the limit is against it. */
    synchronized Optional<Path> add(byte[] record, String why) {
        byte[] line =
                (why.replace('\n', ' ') + " bytes=" + record.length + "\n")
                        .getBytes(StandardCharsets.UTF_8);
        if (closed || storage.isReadOnly() || end + line.length + record.length > MOST_BYTES) {
            return Optional.empty();
        }
        try {
            if (file == null) {
                name = BadName.free(storage);
                file = storage.create(name);
            }
            file.write(end, line, 0, line.length);
            file.write(end + line.length, record, 0, record.length);
            file.write(end + line.length + record.length, new byte[] {'\n'}, 0, 1);
            end += line.length + record.length + 1;
            return Optional.of(storage.path(name));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    synchronized void close() {
        closed = true;
        if (file != null) {
            try {
                file.close();
            } catch (IOException ignored) {
                // kept for people, not for us
            }
        }
    }
}

package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.TaskLog;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;

/** Writes what a task wrote, as it is found in its log. Confined to one thread. */
final class LogPrinter implements AutoCloseable {
    private final Path bundle;
    private final OutputStream out;
    private final OutputStream err;

    /** {@code null} while there is none. */
    private TaskLog log;

    LogPrinter(Path bundle, OutputStream out, OutputStream err) {
        this.bundle = bundle;
        this.out = out;
        this.err = err;
    }

    /** Writes what has come since the last time. */
    void print() throws DavitException, IOException {
        if (log == null && !open()) {
            return;
        }
        Optional<TaskLog.Line> next = log.next();
        while (next.isPresent()) {
            TaskLog.Line line = next.get();
            OutputStream stream = line.error() ? err : out;
            stream.write(line.text());
            if (line.complete()) {
                stream.write('\n');
            }
            next = log.next();
        }
    }

    /** A task that has written nothing may have no log yet. */
    private boolean open() throws DavitException {
        try {
            log = TaskLog.open(bundle);
            return true;
        } catch (DavitException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        if (log != null) {
            log.close();
        }
    }
}

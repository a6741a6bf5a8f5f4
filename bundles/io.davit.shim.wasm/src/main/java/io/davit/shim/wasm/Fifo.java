package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * One end of a FIFO, opened when it is first needed. To open it waits in the kernel for the other
 * end, where no interrupt arrives: {@link #cancel} opens the other end itself for an instant.
 */
final class Fifo {
    private final Path path;
    private final StandardOpenOption mode;

    /** Guards what follows; not held while waiting. */
    private final Object lock = new Object();

    private FileChannel channel;
    private boolean cancelled;

    Fifo(Path path, StandardOpenOption mode) {
        this.path = path;
        this.mode = mode;
    }

    /** The open end; the first call waits for the other one. Called by one thread. */
    FileChannel channel() throws IOException {
        synchronized (lock) {
            if (cancelled) {
                throw new AsynchronousCloseException();
            }
            if (channel != null) {
                return channel;
            }
        }
        FileChannel opened = open(mode);
        synchronized (lock) {
            if (!cancelled) {
                channel = opened;
                return opened;
            }
        }
        opened.close();
        throw new AsynchronousCloseException();
    }

    private FileChannel open(OpenOption... options) throws IOException {
        Set<OpenOption> all = new java.util.HashSet<>(Set.of(options));
        all.add(LinkOption.NOFOLLOW_LINKS);
        return FileChannel.open(path, all);
    }

    /** Closes the end, and sets free who waits here or at the other end. Can be repeated. */
    void cancel() {
        FileChannel open;
        synchronized (lock) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            open = channel;
        }
        try {
            if (open != null) {
                open.close();
            } else {
                open(StandardOpenOption.READ, StandardOpenOption.WRITE).close();
            }
        } catch (IOException ignored) {
            // The FIFO was removed: then nobody waits for it in vain either.
        }
    }
}

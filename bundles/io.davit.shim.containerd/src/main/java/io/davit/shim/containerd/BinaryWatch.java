package io.davit.shim.containerd;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Tells when something changes in directories, also in those that come later. */
final class BinaryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BinaryWatch.class);

    /** A file that is being copied changes often. */
    private static final long QUIET_MILLIS = 50;

    /** Finds what the kernel does not tell, such as a change behind a link. */
    private static final long AT_LEAST_MILLIS = 5000;

    /** Watching can wait until what is being started has been started. */
    private static final long REST_MILLIS = 500;

    private static final long JOIN_MILLIS = 2000;

    private final List<Path> directories;
    private final Runnable changed;
    private final Thread thread;

    /** Used by the watch's thread alone. */
    private final Map<Path, WatchKey> keys = new HashMap<>();

    private BinaryWatch(List<Path> directories, Runnable changed) {
        this.directories = directories;
        this.changed = changed;
        this.thread = new Thread(this::run, "davit-shim-binaries");
        thread.setDaemon(true);
    }

    /**
     * Begins to watch, after a moment.
     *
     * @param changed run on the watch's thread, for the first time when it begins; may block
     */
    static BinaryWatch start(List<Path> directories, Runnable changed) {
        BinaryWatch watch = new BinaryWatch(directories, changed);
        watch.thread.start();
        return watch;
    }

    private void run() {
        try {
            Thread.sleep(REST_MILLIS);
            try (WatchService watcher = FileSystems.getDefault().newWatchService()) {
                while (true) {
                    directories.forEach(directory -> register(watcher, directory));
                    look();
                    await(watcher);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("watch ends");
        } catch (IOException e) {
            LOG.warn("directories of shim binaries are not watched", e);
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // one bad look must not be the last
    private void look() {
        try {
            changed.run();
        } catch (RuntimeException e) {
            LOG.warn("shim binaries not looked at", e);
        }
    }

    /** Watches a directory, or the place where it may come. */
    private void register(WatchService watcher, Path wanted) {
        Path directory = wanted;
        while (!Files.isDirectory(directory) && directory.getParent() != null) {
            directory = directory.getParent();
        }
        WatchKey known = keys.get(directory);
        if (known != null && known.isValid()) {
            return;
        }
        try {
            keys.put(
                    directory,
                    directory.register(
                            watcher,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_DELETE,
                            StandardWatchEventKinds.ENTRY_MODIFY));
        } catch (IOException e) {
            LOG.debug("directory cannot be watched: path={}", directory, e);
        }
    }

    /** Waits for a change and then until it is quiet, or for the time at which to look anyway. */
    private static void await(WatchService watcher) throws InterruptedException {
        WatchKey key = watcher.poll(AT_LEAST_MILLIS, TimeUnit.MILLISECONDS);
        while (key != null) {
            key.pollEvents();
            key.reset();
            key = watcher.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        try {
            thread.interrupt();
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

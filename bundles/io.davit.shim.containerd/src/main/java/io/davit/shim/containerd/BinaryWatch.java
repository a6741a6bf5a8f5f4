package io.davit.shim.containerd;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
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

    private static final long JOIN_MILLIS = 2000;

    private final List<Path> directories;
    private final Runnable changed;
    private final WatchService watcher;
    private final Thread thread;
    private final Map<Path, WatchKey> keys = new HashMap<>();

    private BinaryWatch(List<Path> directories, Runnable changed, WatchService watcher) {
        this.directories = directories;
        this.changed = changed;
        this.watcher = watcher;
        this.thread = new Thread(this::run, "davit-shim-binaries");
        thread.setDaemon(true);
    }

    /**
     * Begins to watch.
     *
     * @param changed run on the watch's thread, at once for the first time; may block
     */
    static BinaryWatch start(List<Path> directories, Runnable changed) throws IOException {
        BinaryWatch watch =
                new BinaryWatch(directories, changed, FileSystems.getDefault().newWatchService());
        watch.thread.start();
        return watch;
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // one bad look must not be the last
    private void run() {
        try {
            while (true) {
                directories.forEach(this::register);
                try {
                    changed.run();
                } catch (RuntimeException e) {
                    LOG.warn("shim binaries not looked at", e);
                }
                await();
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            LOG.debug("watch ends");
        }
    }

    /** Watches a directory, or the place where it may come. */
    private void register(Path wanted) {
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
    private void await() throws InterruptedException {
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
            watcher.close();
            thread.interrupt();
            thread.join(JOIN_MILLIS);
        } catch (IOException e) {
            LOG.debug("watch does not close", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

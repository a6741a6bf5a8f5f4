package io.davit.shim.manager;

import io.davit.api.task.Exit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** How the processes of one shim ended, each recorded once. Guards itself. */
final class RecordedExits {
    /** Exec id of each process that was added, and its exit once it is known. Guarded by this. */
    private final Map<String, Optional<Exit>> processes = new HashMap<>();

    /**
     * Notes that a process is there.
     *
     * @return whether it was not known before
     */
    synchronized boolean added(String execId) {
        return processes.putIfAbsent(execId, Optional.empty()) == null;
    }

    /** Notes that a process is gone; who waits for it waits no longer. */
    synchronized void dropped(String execId) {
        processes.remove(execId);
        notifyAll();
    }

    /**
     * Records an exit.
     *
     * @return whether it was not known before
     */
    synchronized boolean record(String execId, Exit exit) {
        if (find(execId).isPresent()) {
            return false;
        }
        processes.put(execId, Optional.of(exit));
        notifyAll();
        return true;
    }

    synchronized Optional<Exit> find(String execId) {
        return processes.getOrDefault(execId, Optional.empty());
    }

    synchronized boolean knows(String execId) {
        return processes.containsKey(execId);
    }

    /** The processes that have not ended, as far as is known. */
    synchronized List<String> running() {
        List<String> running = new ArrayList<>();
        processes.forEach(
                (execId, exit) -> {
                    if (exit.isEmpty()) {
                        running.add(execId);
                    }
                });
        return running;
    }

    /** All exits that are known. */
    synchronized Map<String, Exit> all() {
        Map<String, Exit> all = new HashMap<>();
        processes.forEach((execId, exit) -> exit.ifPresent(e -> all.put(execId, e)));
        return all;
    }

    /** Waits for an exit, or until the process is dropped. */
    synchronized Optional<Exit> await(String execId, Duration within) throws InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        while (knows(execId) && find(execId).isEmpty()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                break;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return find(execId);
    }
}

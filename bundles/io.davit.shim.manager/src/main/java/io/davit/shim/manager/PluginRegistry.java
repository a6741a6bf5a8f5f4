package io.davit.shim.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.api.task.Deadline;
import io.davit.spi.shim.ShimPlugin;

import org.osgi.framework.ServiceReference;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The plugins that are there, and how one is chosen for a runtime. */
final class PluginRegistry {
    /** Keeps a message below 500 characters. */
    private static final int LONGEST_LIST = 300;

    /** Read by any thread. */
    private final Map<ServiceReference<ShimPlugin>, PluginSlot> slots = new ConcurrentHashMap<>();

    /** When each runtime was last given up by a plugin, on the monotonic clock. Guarded by this. */
    private final Map<String, Long> leftAt = new HashMap<>();

    synchronized void add(PluginSlot slot) {
        slots.put(slot.reference(), slot);
        notifyAll();
    }

    /** Takes a plugin out, so that nobody finds it any more. */
    synchronized Optional<PluginSlot> remove(ServiceReference<ShimPlugin> reference) {
        PluginSlot slot = slots.remove(reference);
        if (slot != null) {
            long now = System.nanoTime();
            slot.runtimes().forEach(runtime -> leftAt.put(runtime, now));
        }
        return Optional.ofNullable(slot);
    }

    /** The plugins, in no order. */
    List<PluginSlot> all() {
        return List.copyOf(slots.values());
    }

    /** The plugin that serves a runtime: highest ranking, closest claim, newest, oldest service. */
    Optional<PluginSlot> best(String runtime) {
        return slots.values().stream().filter(slot -> slot.claim(runtime) >= 0).max(order(runtime));
    }

    /** Says which of several plugins wins a runtime; the winner is the greatest. */
    static Comparator<PluginSlot> order(String runtime) {
        return Comparator.comparingInt(PluginSlot::ranking)
                .thenComparingInt(slot -> slot.claim(runtime))
                .thenComparing(PluginSlot::version)
                .thenComparing(Comparator.comparingLong(PluginSlot::serviceId).reversed());
    }

    /**
     * Finds the plugin for a runtime; if the last one left only now, waits for its successor until
     * the window that began with its departure is over.
     */
    PluginSlot require(String runtime, Duration window, Deadline deadline) throws DavitException {
        Optional<PluginSlot> best = best(runtime);
        if (best.isEmpty() && awaitSuccessor(runtime, window, deadline)) {
            best = best(runtime);
        }
        return best.orElseThrow(() -> nobody(runtime));
    }

    private synchronized boolean awaitSuccessor(String runtime, Duration window, Deadline deadline)
            throws DavitException {
        Long left = leftAt.get(runtime);
        if (left == null) {
            return false;
        }
        long end =
                Math.min(
                        left + window.toNanos(),
                        System.nanoTime() + deadline.remaining().toNanos());
        try {
            while (best(runtime).isEmpty()) {
                long wait = end - System.nanoTime();
                if (wait <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(this, wait);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(
                    Kind.CANCELLED,
                    "interrupted while waiting for a plugin: runtime=" + runtime,
                    e);
        }
    }

    private DavitException nobody(String runtime) {
        if (RuntimeName.isPath(runtime)) {
            return new DavitException(
                    Kind.PERMISSION_DENIED,
                    "runtime binary is not allowed: runtime=" + Texts.quote(runtime));
        }
        TreeSet<String> there = new TreeSet<>();
        all().forEach(slot -> there.addAll(slot.runtimes()));
        // Plugins are trusted as this code is: their names need no quoting, only a bound.
        String list = there.isEmpty() ? "none" : String.join(",", there);
        if (list.length() > LONGEST_LIST) {
            list = list.substring(0, LONGEST_LIST) + "… (" + there.size() + " runtimes)";
        }
        return new DavitException(
                Kind.UNAVAILABLE,
                "no plugin serves the runtime: runtime=" + Texts.quote(runtime) + " there=" + list);
    }
}

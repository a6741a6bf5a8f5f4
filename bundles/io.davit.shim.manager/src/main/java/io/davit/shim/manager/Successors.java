package io.davit.shim.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Exit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Looks for plugins that serve empty seats, on threads of its own, until one does. */
final class Successors {
    private static final Logger LOG = LoggerFactory.getLogger(Successors.class);
    private static final int THREADS = 32;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final PluginRegistry registry;
    private final Supplier<Timeouts> timeouts;
    private final ScheduledThreadPoolExecutor threads;

    /** On its own: what is due again and again would make the others anew each time. */
    private final ScheduledThreadPoolExecutor watch =
            new ScheduledThreadPoolExecutor(1, new NamedThreads("davit-shim-watch"));

    /** Seats that are being looked after, so that each is looked after once. */
    private final Set<ShimSeat> busy = ConcurrentHashMap.newKeySet();

    Successors(PluginRegistry registry, Supplier<Timeouts> timeouts) {
        this.registry = registry;
        this.timeouts = timeouts;
        this.threads =
                new ScheduledThreadPoolExecutor(THREADS, new NamedThreads("davit-shim-keeper"));
        threads.setKeepAliveTime(5, TimeUnit.SECONDS);
        threads.allowCoreThreadTimeOut(true);
        threads.setRemoveOnCancelPolicy(true);
    }

    /** Begins to watch the calls in flight. */
    void start() {
        watch.scheduleWithFixedDelay(
                () -> registry.all().forEach(PluginSlot::watch), 250, 250, TimeUnit.MILLISECONDS);
    }

    void stop() {
        watch.shutdownNow();
        threads.shutdownNow();
    }

    /** Looks for a successor now, unless that is being done. */
    void look(ShimSeat seat) {
        look(seat, FIRST_PAUSE);
    }

    private void look(ShimSeat seat, Duration pause) {
        if (!busy.add(seat)) {
            return;
        }
        try {
            threads.execute(() -> lookNow(seat, pause));
        } catch (RejectedExecutionException e) {
            busy.remove(seat);
            LOG.debug("shim manager stops: task={}", seat.id());
        }
    }

    /** A plugin that arrives meanwhile finds the seat busy: look again for it afterwards. */
    private void lookNow(ShimSeat seat, Duration pause) {
        boolean later = tryOnce(seat);
        busy.remove(seat);
        if (!seat.isEmpty()) {
            return;
        }
        if (later) {
            lookLater(seat, pause);
        } else if (registry.best(seat.runtime()).isPresent()) {
            look(seat, pause);
        }
    }

    private void lookLater(ShimSeat seat, Duration pause) {
        Duration next = pause.multipliedBy(2);
        Duration bounded = next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
        threads.schedule(() -> look(seat, bounded), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Tries the plugin that serves the runtime now, and tells whether to try again later. */
    private boolean tryOnce(ShimSeat seat) {
        Optional<PluginSlot> slot = registry.best(seat.runtime());
        if (slot.isEmpty() || !seat.isEmpty()) {
            return false;
        }
        try {
            recover(seat, slot.get());
            return false;
        } catch (PluginLeftException e) {
            return true;
        } catch (DavitException e) {
            LOG.warn("shim does not answer its new plugin: task={} plugin={}", seat.id(), slot, e);
            return true;
        }
    }

    /** Fills a seat, or ends it when its shim is proven dead. */
    void recover(ShimSeat seat, PluginSlot slot) throws DavitException, PluginLeftException {
        try {
            seat.recover(slot, timeouts.get().attach());
            LOG.info("shim found again: task={} plugin={}", seat.id(), slot);
        } catch (DavitException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                throw e;
            }
            seat.lost(cleanUp(seat, slot));
        }
    }

    private Optional<Exit> cleanUp(ShimSeat seat, PluginSlot slot) throws PluginLeftException {
        try {
            return seat.cleanUp(slot);
        } catch (DavitException e) {
            LOG.warn("dead shim left something behind: task={} plugin={}", seat.id(), slot, e);
            return Optional.empty();
        }
    }
}

package io.davit.shim.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.shim.ShimInfo;
import io.davit.api.shim.ShimListener;
import io.davit.api.shim.StartShim;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;
import io.davit.spi.shim.ShimInstance;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The place of one shim, which instances of plugins fill one after the other.
 *
 * <p>Only here is an instance held, and it is let go when its plugin leaves. After that the seat is
 * empty, until a successor finds the shim again, or ended for good.
 */
final class ShimSeat {
    private static final Logger LOG = LoggerFactory.getLogger(ShimSeat.class);

    private final StartShim request;
    private final Supplier<Timeouts> timeouts;
    private final ShimNews news;
    private final EndedTask endedTask;

    /** Asked to look for a successor when the seat is empty. */
    private final Runnable whenEmpty;

    /** Empty while nobody serves the shim. */
    private final AtomicReference<Served> served = new AtomicReference<>();

    /** What served last: texts only. */
    private volatile ShimInfo info;

    private volatile SeatStage stage = SeatStage.LIVE;

    /** Whether a start that was given up is still under way. */
    private volatile boolean starting;

    /** The claim on the id, once a plugin has left with a start under way. */
    private volatile IdClaim lost;

    private final Attachments attachments = new Attachments();

    ShimSeat(StartShim request, Supplier<Timeouts> timeouts, Consumer<ShimSeat> whenEmpty) {
        this.request = request;
        this.timeouts = timeouts;
        this.news = new ShimNews(request.bundle().id(), request.listener());
        this.endedTask = new EndedTask(request.bundle().id(), news.exits());
        this.whenEmpty = () -> whenEmpty.accept(this);
    }

    /** Code that uses what serves the shim. */
    interface Use<T> {
        T on(ShimTask task, Duration within) throws DavitException;
    }

    TaskId id() {
        return request.bundle().id();
    }

    String runtime() {
        return request.runtime();
    }

    ShimNews news() {
        return news;
    }

    ShimInfo info() {
        Served now = served.get();
        if (now != null) {
            info = now.slot().claimed(runtime(), Map.of());
        }
        return info;
    }

    boolean isEmpty() {
        return served.get() == null && stage == SeatStage.LIVE;
    }

    /** Whether it was filled at least once: before that it is only being started. */
    boolean isFilled() {
        return info != null;
    }

    boolean isReachable() {
        return news.isReachable() && (served.get() != null || stage == SeatStage.ENDED);
    }

    /**
     * Fills the seat with a new shim of a plugin.
     *
     * @param claim given once a start that was given up is over and nothing is left of it, or once
     *     its plugin has left
     */
    void start(PluginSlot slot, Duration within, IdClaim claim)
            throws DavitException, PluginLeftException {
        ManagedContext context = new ManagedContext(request, news);
        slot.call(
                new PluginCall.Request<>(
                        "start " + id(),
                        within,
                        () -> fill(slot, context, slot.plugin().start(context, within)),
                        new LateStart(claim)));
    }

    /** Says whether a start that was given up is still under way. */
    boolean isStarting() {
        return starting;
    }

    /** Closes what a start that was given up has made after all. */
    private final class LateStart implements PluginCall.Late<Served> {
        private final IdClaim claim;

        LateStart(IdClaim claim) {
            this.claim = claim;
        }

        @Override
        public void leftBehind() {
            lost = claim;
            starting = false;
            claim.give();
        }

        @Override
        public void givenUp() {
            starting = true;
        }

        @Override
        public void over(Optional<Served> answer) {
            try {
                answer.ifPresent(served -> vacate(served, true));
            } finally {
                starting = false;
                claim.give();
            }
        }
    }

    /** Fills the seat with a shim that a plugin finds again. */
    void recover(PluginSlot slot, Duration within) throws DavitException, PluginLeftException {
        ManagedContext context = new ManagedContext(request, news);
        slot.callApart(
                PluginCall.Request.of(
                        "recover " + id(),
                        within,
                        () -> fill(slot, context, slot.plugin().recover(context, within))));
        news.reachable(true);
    }

    /** Removes what the dead shim left behind. */
    Optional<Exit> cleanUp(PluginSlot slot) throws DavitException, PluginLeftException {
        Duration within = timeouts.get().cleanUp();
        ManagedContext context = new ManagedContext(request);
        return slot.callApart(
                PluginCall.Request.of(
                        "clean up " + id(), within, () -> slot.plugin().cleanUp(context, within)));
    }

    /**
     * Takes an instance, inside the call that made it: until that call ends the plugin's departure
     * waits, and afterwards it finds the seat among its shims.
     */
    private Served fill(PluginSlot slot, ManagedContext context, ShimInstance instance)
            throws PluginLeftException {
        if (instance == null) {
            return null;
        }
        Served now = new Served(slot, instance, context);
        if (!slot.adopt(this)) {
            // what a plugin makes after it left is in the way of whoever has the id since
            vacate(now, lost == null || lost.retake());
            throw new PluginLeftException(slot.name());
        }
        if (stage != SeatStage.LIVE || !served.compareAndSet(null, now)) {
            vacate(now, false);
            return now;
        }
        info = slot.claimed(runtime(), Map.of());
        wakeAll();
        return now;
    }

    /** Gives back an instance that is not wanted. */
    private void vacate(Served unwanted, boolean close) {
        served.compareAndSet(unwanted, null);
        unwanted.slot().forget(this);
        unwanted.context().cut();
        Duration within = timeouts.get().cleanUp();
        if (close) {
            unwanted.instance().close(within);
        } else {
            unwanted.instance().release(false, within);
        }
    }

    /**
     * Uses what serves the shim now; waits for a successor while it is being replaced. A call that
     * was cut short by the plugin's departure is not made again.
     */
    <T> T call(String what, Duration within, Use<T> use) throws DavitException {
        Deadline deadline = Deadline.in(within);
        while (true) {
            if (stage == SeatStage.ENDED) {
                return use.on(endedTask, deadline.remaining());
            }
            Served now = awaitServed(deadline);
            if (now == null) {
                continue;
            }
            try {
                Duration left = deadline.remaining();
                return now.slot().call(what + " " + id(), left, () -> use.on(now.instance(), left));
            } catch (PluginLeftException e) {
                awaitChange(now, deadline);
            }
        }
    }

    /** Waits for somebody to serve the shim; {@code null} when it has ended meanwhile. */
    private Served awaitServed(Deadline deadline) throws DavitException {
        Served now = served.get();
        if (now != null) {
            return now;
        }
        if (isEmpty()) {
            whenEmpty.run();
            awaitWhile(this::isEmpty, deadline);
        }
        now = served.get();
        if (now == null && stage != SeatStage.ENDED) {
            throw nobody();
        }
        return now;
    }

    private DavitException nobody() {
        return stage == SeatStage.CLOSED
                ? new DavitException(Kind.NOT_FOUND, "shim is closed: task=" + id())
                : new DavitException(
                        Kind.UNAVAILABLE,
                        "no plugin serves the shim now: task=" + id() + " runtime=" + runtime());
    }

    /** Waits until a leaving plugin has been taken out of the seat. */
    private void awaitChange(Served before, Deadline deadline) throws DavitException {
        awaitWhile(() -> served.get() == before, deadline);
        if (served.get() == before) {
            throw nobody();
        }
    }

    /** Waits at most for the swap window. */
    private void awaitWhile(BooleanSupplier holds, Deadline deadline) throws DavitException {
        long window = timeouts.get().swapWindow().toNanos();
        long end = System.nanoTime() + Math.min(window, deadline.remaining().toNanos());
        synchronized (this) {
            try {
                while (holds.getAsBoolean() && end - System.nanoTime() > 0) {
                    TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DavitException(
                        Kind.CANCELLED, "interrupted while waiting for a plugin: task=" + id(), e);
            }
        }
    }

    /** Asks the instance to let go. Called on a thread of the plugin, before {@link #left}. */
    @SuppressWarnings("checkstyle:IllegalCatch") // the plugin's code may throw anything
    void release(PluginSlot slot, boolean pluginLeaves, Duration within) {
        Served now = served.get();
        if (now == null || now.slot() != slot) {
            return;
        }
        try {
            now.instance().release(pluginLeaves, within);
        } catch (Throwable e) {
            LOG.warn("plugin did not release a shim: plugin={} task={}", slot, id(), e);
        }
    }

    /** Takes the instance of a plugin away that is leaving, or that the manager leaves. */
    void left(PluginSlot slot, boolean pluginLeaves) {
        Served now = served.get();
        if (now == null || now.slot() != slot) {
            return;
        }
        now.context().cut();
        boolean over = pluginLeaves && slot.inJvm();
        if (over) {
            news.pluginRemoved();
        }
        stage = over ? SeatStage.ENDED : pluginLeaves ? SeatStage.LIVE : SeatStage.LEFT;
        attachments.cut();
        served.compareAndSet(now, null);
        wakeAll();
        if (pluginLeaves && !over) {
            news.reachable(false);
            whenEmpty.run();
        }
    }

    /** Notes that the shim is proven dead. */
    void lost(Optional<Exit> init) {
        news.lost(init);
        stage = SeatStage.ENDED;
        wakeAll();
    }

    /** Gives the seat up before it was ever filled: what fills it later is let go. */
    void giveUp() {
        stage = SeatStage.CLOSED;
    }

    /** Ends the shim and empties the seat for good. */
    void close() throws DavitException {
        Duration within = timeouts.get().cleanUp();
        if (stage == SeatStage.LIVE || stage == SeatStage.LEFT) {
            call(
                    "close",
                    within,
                    (task, left) -> {
                        if (task instanceof ShimInstance instance) {
                            instance.close(left);
                        }
                        return true;
                    });
        }
        stage = SeatStage.CLOSED;
        attachments.cut();
        Served now = served.getAndSet(null);
        if (now != null) {
            now.slot().forget(this);
            now.context().cut();
        }
        wakeAll();
    }

    /** Connects streams to a process; the connection ends with its plugin. */
    AutoCloseable attach(String execId, Stdio stdio, Duration within) throws DavitException {
        Duration detach = timeouts.get().cleanUp();
        return call(
                "attach",
                within,
                (task, left) -> {
                    AutoCloseable plugged = task.attach(execId, stdio, left);
                    return plugged == null ? null : attachments.add(plugged, this, detach);
                });
    }

    /** Cuts the line of the instance: its task was deleted. */
    void deleted() {
        Served now = served.get();
        if (now != null) {
            now.context().cut();
        }
    }

    /** Changes who is told, and tells what is known. */
    void listen(ShimListener next) {
        news.listen(next, isReachable());
    }

    private synchronized void wakeAll() {
        notifyAll();
    }
}

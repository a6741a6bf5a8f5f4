package io.davit.shim.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One call of a plugin's code, in flight until that code has returned, whether or not somebody
 * still waits for it.
 *
 * <p>What the plugin throws ends here: the caller gets a new exception, because a throwable keeps
 * the classes of every frame it was thrown through.
 *
 * @param <T> what the call answers; a type of the API or of the JDK
 */
final class PluginCall<T> implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginCall.class);

    /** Code of a plugin. */
    interface Action<T> {
        T run() throws PluginLeftException;
    }

    /** Why the code was told to stop. */
    private enum Stop {
        DEADLINE,
        LEAVING,
        CALLER
    }

    /** How the code failed, without anything of the plugin in it. */
    private record Failure(Kind kind, String message) {}

    private final String plugin;
    private final String what;
    private final Duration within;
    private final long endsAt;
    private final Action<T> action;

    /** Takes an answer that nobody waited for; runs on the thread that made the call. */
    private final Consumer<T> late;

    /** Called when the code has returned. */
    private final Consumer<PluginCall<?>> ended;

    /** Who runs the code; {@code null} before and after. Guarded by this. */
    private Thread runner;

    /** Guarded by this. */
    private boolean done;

    /** Set once the waiting caller has gone. Guarded by this. */
    private boolean abandoned;

    /** Guarded by this. */
    private Stop stop;

    /** Guarded by this. */
    private T answer;

    /** Guarded by this. */
    private Failure failure;

    PluginCall(PluginSlot slot, Request<T> request) {
        this.plugin = slot.name();
        this.what = request.what();
        this.within = request.within();
        this.endsAt = System.nanoTime() + request.within().toNanos();
        this.action = request.action();
        this.late = request.late();
        this.ended = slot::ended;
    }

    /**
     * What to call.
     *
     * @param what the operation and whose, for messages
     * @param within the longest time it may last
     * @param action the code
     * @param late takes an answer that nobody waited for
     */
    record Request<T>(String what, Duration within, Action<T> action, Consumer<T> late) {
        static <T> Request<T> of(String what, Duration within, Action<T> action) {
            return new Request<>(what, within, action, answer -> {});
        }
    }

    /** Makes the call on this thread and returns its answer. */
    T here() throws DavitException {
        run();
        return answerOf();
    }

    /** Waits for the call that another thread makes, and gives it up when the time is over. */
    T elsewhere() throws DavitException {
        try {
            awaitDone();
        } catch (InterruptedException e) {
            interrupt(Stop.CALLER);
            Thread.currentThread().interrupt();
        }
        return answerOf();
    }

    private synchronized void awaitDone() throws InterruptedException {
        while (!done && stop == null) {
            long left = endsAt - System.nanoTime();
            if (left <= 0) {
                interrupt(Stop.DEADLINE);
            } else {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        }
    }

    /** Returns or throws what is known; an answer that is still to come is late. */
    private synchronized T answerOf() throws DavitException {
        if (failure != null) {
            throw new DavitException(failure.kind(), failure.message());
        }
        if (done) {
            return answer;
        }
        abandoned = true;
        throw stopped();
    }

    private DavitException stopped() {
        return switch (stop) {
            case DEADLINE ->
                    new DavitException(
                            Kind.DEADLINE_EXCEEDED,
                            "plugin did not answer in time: " + this + " within=" + within);
            case LEAVING ->
                    new DavitException(Kind.UNAVAILABLE, "plugin left during the call: " + this);
            case CALLER -> new DavitException(Kind.CANCELLED, "interrupted: " + this);
        };
    }

    @Override
    @SuppressWarnings("checkstyle:IllegalCatch") // the plugin may throw anything; it ends here
    public void run() {
        begin();
        T value = null;
        Failure failed = null;
        try {
            value = action.run();
            failed = value == null ? broken("it answered null") : null;
        } catch (DavitException e) {
            failed = new Failure(e.kind(), e.getMessage());
        } catch (PluginLeftException e) {
            failed = new Failure(Kind.UNAVAILABLE, e.getMessage());
        } catch (
                @SuppressWarnings("checkstyle:IllegalCatch")
                Throwable e) {
            LOG.warn("plugin call failed: {}", this, e);
            failed = broken(Texts.quote(e.toString()));
        }
        end(value, failed);
    }

    private Failure broken(String why) {
        return new Failure(Kind.INTERNAL, "plugin broke its contract: " + this + " cause=" + why);
    }

    private synchronized void begin() {
        runner = Thread.currentThread();
        if (stop != null) {
            runner.interrupt();
        }
    }

    private void end(T value, Failure failed) {
        boolean tooLate;
        synchronized (this) {
            runner = null;
            done = true;
            if (stop != null) {
                Thread.interrupted();
            }
            answer = value;
            failure = failed == null || stop == null ? failed : whenStopped(failed);
            tooLate = abandoned && failed == null;
            notifyAll();
        }
        try {
            if (tooLate) {
                late.accept(value);
            }
        } finally {
            ended.accept(this);
        }
    }

    /** A call that we stopped says why we did, not that it was interrupted. */
    private Failure whenStopped(Failure failed) {
        DavitException why = stopped();
        return failed.kind() == Kind.CANCELLED ? new Failure(why.kind(), why.getMessage()) : failed;
    }

    /** Tells the code to stop because its plugin leaves. */
    void interruptLeaving() {
        interrupt(Stop.LEAVING);
    }

    /** Tells the code to stop if its time is over by more than a grace. */
    void interruptIfOver(Duration grace) {
        if (isOver(grace)) {
            interrupt(Stop.DEADLINE);
        }
    }

    /** Says whether the code runs longer than it may. */
    boolean isOver(Duration grace) {
        return System.nanoTime() - endsAt > grace.toNanos();
    }

    private synchronized void interrupt(Stop why) {
        if (stop == null && !done) {
            stop = why;
            notifyAll();
            if (runner != null) {
                runner.interrupt();
            }
        }
    }

    @Override
    public String toString() {
        return "plugin=" + plugin + " call=" + Texts.quote(what);
    }
}

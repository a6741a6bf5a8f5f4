package io.davit.shim.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;
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

    /** Is told about a call that nobody waits for any more. */
    interface Late<T> {
        /** It was given up; its code still runs. Called before the caller knows. */
        default void givenUp() {
            // as a rule the end is all that matters
        }

        /** Its plugin has left, and its code still runs. Called at most once, before the end. */
        default void leftBehind() {
            // as a rule the end is all that matters
        }

        /**
         * Its code has returned, with this answer if it has one. Called by the thread it ran on.
         */
        void over(Optional<T> answer);
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

    private final Late<T> late;

    /** Called when the code has returned. */
    private final Consumer<PluginCall<?>> ended;

    /** Who runs the code; {@code null} before and after. Guarded by this. */
    private Thread runner;

    /** Guarded by this. */
    private boolean done;

    /** Set once the waiting caller has gone. Guarded by this. */
    private boolean abandoned;

    /** Set once the plugin has left. Guarded by this. */
    private boolean left;

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
     * @param late told about a call that is given up
     */
    record Request<T>(String what, Duration within, Action<T> action, Late<T> late) {
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
        late.givenUp();
        if (left) {
            late.leftBehind();
        }
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
    public void run() {
        if (begin()) {
            runAction();
        } else {
            end(null, new Failure(Kind.CANCELLED, "given up before it began: " + this));
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // the plugin may throw anything; it ends here
    private void runAction() {
        T value = null;
        Failure failed = null;
        try {
            value = action.run();
            failed = value == null ? broken("it answered null") : null;
        } catch (DavitException e) {
            failed = new Failure(e.kind(), e.getMessage());
        } catch (PluginLeftException e) {
            failed = new Failure(Kind.UNAVAILABLE, e.getMessage());
        } catch (Throwable e) {
            LOG.warn("plugin call failed: {}", this, e);
            failed = broken(Texts.quote(e.toString()));
        }
        end(value, failed);
    }

    private Failure broken(String why) {
        return new Failure(Kind.INTERNAL, "plugin broke its contract: " + this + " cause=" + why);
    }

    private synchronized boolean begin() {
        runner = Thread.currentThread();
        return stop == null;
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
            tooLate = abandoned;
            notifyAll();
        }
        try {
            if (tooLate) {
                late.over(failed == null ? Optional.of(value) : Optional.empty());
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

    /** Notes that the plugin has left without the end of this call. */
    synchronized void leftBehind() {
        if (!left && !done) {
            left = true;
            if (abandoned) {
                late.leftBehind();
            }
        }
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

package io.davit.shim.containerd;

import com.google.protobuf.MessageLite;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.api.task.TaskId;
import io.davit.shim.containerd.wire.Task.ConnectRequest;
import io.davit.ttrpc.TtrpcMethod;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The way to the shim of a task for as long as the task is served: connects again when a connection
 * is lost, and finds out whether a shim that is silent is dead.
 *
 * <p>Dead is only what is proven dead: nobody listens at its socket, or its process has ended.
 */
final class ShimSession {
    private static final Logger LOG = LoggerFactory.getLogger(ShimSession.class);
    private static final Duration PROBE = Duration.ofSeconds(2);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** A connection that lasted so long was no mistake of the shim. */
    private static final long STEADY_NANOS = Duration.ofSeconds(10).toNanos();

    private final Host host;
    private final TaskId task;
    private final ShimLink.Target target;
    private final Owner owner;

    /** Whether some thread asks a silent shim. */
    private final AtomicBoolean probing = new AtomicBoolean();

    /** The connection; {@code null} while there is none. Written under this. */
    private volatile ShimLink link;

    /** Since when, on the monotonic clock. Guarded by this. */
    private long linkedAt;

    /** How long to wait when a connection is lost soon. Guarded by this. */
    private Duration pause = Duration.ZERO;

    private volatile Stage stage = Stage.LIVE;

    /** Whom it tells; on threads that may be blocked. */
    interface Owner {
        /** There is a new connection. */
        void linked();

        /** Whether the shim answers changed. */
        void reachable(boolean reachable);

        /** The shim is proven dead. Told once. */
        void died();
    }

    private enum Stage {
        LIVE,
        DEAD,
        CLOSED
    }

    ShimSession(Host host, TaskId task, ShimLink.Target target, Owner owner) {
        this.host = host;
        this.task = task;
        this.target = target;
        this.owner = owner;
    }

    ShimLink.Target target() {
        return target;
    }

    boolean isDead() {
        return stage == Stage.DEAD;
    }

    /** Connects; fails as {@link ShimLink#connect}. */
    ShimLink open(Deadline deadline) throws DavitException {
        AtomicReference<ShimLink> made = new AtomicReference<>();
        ShimLink opened =
                ShimLink.connect(
                        host, task, target, deadline, why -> host.soon(() -> lost(made.get())));
        made.set(opened);
        synchronized (this) {
            link = opened;
            linkedAt = System.nanoTime();
        }
        if (!opened.isOpen()) { // it ended before it was known, and nobody took note
            lost(opened);
        }
        return opened;
    }

    private void lost(ShimLink gone) {
        Duration wait;
        synchronized (this) {
            if (gone == null || link != gone || stage != Stage.LIVE) {
                return;
            }
            link = null;
            wait = System.nanoTime() - linkedAt > STEADY_NANOS ? Duration.ZERO : pause;
            pause = longer(wait);
        }
        LOG.info("connection to shim lost: task={}", task);
        if (wait.isZero()) {
            reconnect(FIRST_PAUSE);
        } else {
            owner.reachable(false);
            host.later(wait, () -> reconnect(FIRST_PAUSE));
        }
    }

    private void reconnect(Duration next) {
        if (stage != Stage.LIVE) {
            return;
        }
        try {
            open(Deadline.in(PROBE));
            owner.reachable(true);
            owner.linked();
        } catch (DavitException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                dead();
                return;
            }
            LOG.debug("shim not reached again: task={}", task, e);
            owner.reachable(false);
            host.later(next, () -> reconnect(longer(next)));
        }
    }

    private static Duration longer(Duration time) {
        if (time.isZero()) {
            return FIRST_PAUSE;
        }
        Duration twice = time.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    private void dead() {
        synchronized (this) {
            if (stage != Stage.LIVE) {
                return;
            }
            stage = Stage.DEAD;
        }
        owner.died();
    }

    /** Makes a call and waits for its answer. */
    <Q extends MessageLite, A extends MessageLite> A call(
            String what, TtrpcMethod<Q, A> method, Q request, Duration within)
            throws DavitException {
        try {
            return require(what).call(what, method, request, within);
        } catch (DavitException e) {
            if (e.kind() == Kind.DEADLINE_EXCEEDED) {
                suspect();
            }
            throw e;
        }
    }

    /** The connection in use; nothing while there is none. */
    Optional<ShimLink> link() {
        return Optional.ofNullable(link);
    }

    private ShimLink require(String what) throws DavitException {
        ShimLink now = link;
        if (now == null) {
            String why = stage == Stage.DEAD ? "is dead" : "is not reached now";
            throw new DavitException(Kind.UNAVAILABLE, what + ": shim " + why + ": task=" + task);
        }
        return now;
    }

    /** Finds out whether a shim that let a call run out of time answers at all. */
    private void suspect() {
        if (probing.compareAndSet(false, true)) {
            host.soon(() -> probe(FIRST_PAUSE));
        }
    }

    private void probe(Duration next) {
        ShimLink now = link;
        if (now == null || stage != Stage.LIVE) {
            probing.set(false);
            return;
        }
        try {
            ConnectRequest request = ConnectRequest.newBuilder().setId(task.id()).build();
            now.call("probe", TaskService.CONNECT, request, PROBE);
            probing.set(false);
            owner.reachable(true);
        } catch (DavitException e) {
            if (Failures.isAnswer(e)) {
                probing.set(false);
                owner.reachable(true);
                return;
            }
            LOG.debug("shim does not answer: task={}", task, e);
            owner.reachable(false);
            host.later(next, () -> probe(longer(next)));
        }
    }

    /** The shim is about to end, as it should: nobody is told. Calls can still be made. */
    synchronized void expectEnd() {
        stage = stage == Stage.LIVE ? Stage.CLOSED : stage;
    }

    /** Lets go of the shim, which goes on. */
    void close() {
        expectEnd();
        ShimLink last;
        synchronized (this) {
            last = link;
            link = null;
        }
        if (last != null) {
            last.close();
        }
    }
}

package io.davit.shim.containerd;

import com.google.protobuf.Timestamp;

import io.davit.api.task.Exit;
import io.davit.shim.containerd.wire.Task.WaitRequest;
import io.davit.shim.containerd.wire.Task.WaitResponse;
import io.davit.ttrpc.TtrpcException;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** One process of a task: its streams, and how it ended. */
final class TaskProcess {
    /** What Go writes for no time at all. */
    private static final long NO_TIME_SECONDS = -62_135_596_800L;

    private final String taskId;
    private final String execId;
    private final ProcessStreams streams;
    private final Owner owner;
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();

    private volatile long pid;

    /** Whether it was ever started, as far as is known. */
    private volatile boolean started;

    /** Whether its end was told in an event. */
    private final AtomicBoolean announced = new AtomicBoolean();

    /** The question that waits for its end; {@code null} while none does. Guarded by this. */
    private CompletableFuture<WaitResponse> waiting;

    /** Whose process it is. Called by threads that must not be blocked. */
    interface Owner {
        /** Finds the reason of an end that the shim told. */
        CompletionStage<Exit> judge(TaskProcess process, Exit exit);

        /** It has ended. Told once. */
        void ended(TaskProcess process, Exit exit);
    }

    TaskProcess(String taskId, String execId, ProcessStreams streams, Owner owner) {
        this.taskId = taskId;
        this.execId = execId;
        this.streams = streams;
        this.owner = owner;
    }

    String execId() {
        return execId;
    }

    ProcessStreams streams() {
        return streams;
    }

    long pid() {
        return pid;
    }

    void pid(long given) {
        pid = given;
    }

    boolean isStarted() {
        return started;
    }

    void started(long given) {
        pid = given;
        started = true;
    }

    synchronized boolean isWatched() {
        return waiting != null;
    }

    Optional<Exit> exit() {
        return Optional.ofNullable(exit.getNow(null));
    }

    /** Has the shim asked for its end, over a new connection if there was one before. */
    synchronized void watch(ShimLink link, Runnable whenUnanswered) {
        if (exit.isDone()) {
            return;
        }
        WaitRequest request = WaitRequest.newBuilder().setId(taskId).setExecId(execId).build();
        CompletableFuture<WaitResponse> asked = link.callAsync(TaskService.WAIT, request);
        waiting = asked;
        asked.whenComplete((answer, thrown) -> answered(answer, thrown, whenUnanswered));
    }

    /** A connection that ends is somebody else's matter; a shim that refuses is asked again. */
    private void answered(WaitResponse answer, Throwable thrown, Runnable whenUnanswered) {
        if (answer != null) {
            conclude(exit(answer.getExitStatus(), answer.getExitedAt()));
        } else if (thrown instanceof TtrpcException e && e.origin() == TtrpcException.Origin.PEER) {
            whenUnanswered.run();
        }
    }

    /** Says for the first event that tells its end that it is the first. */
    boolean announceEnd() {
        return exit().isEmpty() && announced.compareAndSet(false, true);
    }

    /** Notes the end that a shim told, with the reason that is found for it. */
    void conclude(Exit told) {
        owner.judge(this, told).thenAccept(this::end);
    }

    /** Makes the exit that a shim told. */
    Exit exit(int status, Timestamp at) {
        return Exit.of(pid, status, time(at));
    }

    /** A shim's clock is not ours: what it cannot have meant is the time of receipt. */
    static Instant time(Timestamp at) {
        Instant now = Instant.now();
        if (at.getSeconds() <= 0 || at.getSeconds() == NO_TIME_SECONDS) {
            return now;
        }
        if (at.getSeconds() > now.getEpochSecond() + 1) {
            return now;
        }
        Instant told = Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
        return told.isAfter(now) ? now : told;
    }

    /** Notes its end; only the first time counts. */
    void end(Exit how) {
        if (exit.complete(how)) {
            owner.ended(this, how);
        }
    }

    /** Waits for its end. */
    Optional<Exit> await(Duration within) throws InterruptedException {
        try {
            return Optional.of(exit.get(within.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stops waiting; nothing is told any more. */
    synchronized void release() {
        if (waiting != null) {
            waiting.cancel(false);
        }
    }
}

package io.davit.testkit;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Exit;
import io.davit.api.task.TaskId;
import io.davit.spi.shim.RuntimeInfo;
import io.davit.spi.shim.ShimContext;
import io.davit.spi.shim.ShimInstance;
import io.davit.spi.shim.ShimPlugin;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A plugin whose processes are entries of a {@link FakeWorld}, and whose every call can be made to
 * fail, to wait or to answer nonsense.
 *
 * <p>Operations are named as the methods of the contract: {@code info}, {@code start}, {@code
 * recover}, {@code cleanUp} of the plugin; {@code create}, {@code start-process}, {@code status},
 * {@code kill}, … of an instance. <b>Threads.</b> Safe for use by many threads.
 *
 * @since 1.0
 */
public final class FakePlugin implements ShimPlugin {
    private final FakeWorld world;
    private final boolean inJvm;
    private final Map<String, Hook> hooks = new ConcurrentHashMap<>();
    private final Map<String, Runnable> afterwards = new ConcurrentHashMap<>();
    private final Set<String> nulls = ConcurrentHashMap.newKeySet();
    private final Queue<String> calls = new ConcurrentLinkedQueue<>();
    private final AtomicReference<RuntimeInfo> info =
            new AtomicReference<>(new RuntimeInfo(Set.of(), Set.of("pause"), Map.of()));

    /** Something that happens before an operation does its work. */
    @FunctionalInterface
    public interface Hook {
        /**
         * Runs in the call; what it throws is thrown by the call.
         *
         * @param id the task; {@code null} for {@code info}
         */
        void before(TaskId id);
    }

    /**
     * Makes a plugin.
     *
     * @param world where its processes are
     * @param inJvm whether they end with it
     */
    public FakePlugin(FakeWorld world, boolean inJvm) {
        this.world = world;
        this.inJvm = inJvm;
    }

    /**
     * Has something happen before each call of an operation.
     *
     * @param operation which
     * @param hook what
     * @return this
     */
    public FakePlugin before(String operation, Hook hook) {
        hooks.put(operation, hook);
        return this;
    }

    /**
     * Has something happen after an operation did its work, before it answers.
     *
     * @param operation which; one that answers something
     * @param hook what; what it throws is thrown by the call
     * @return this
     */
    public FakePlugin after(String operation, Runnable hook) {
        afterwards.put(operation, hook);
        return this;
    }

    /**
     * Has an operation do its work undisturbed again.
     *
     * @param operation which
     */
    public void heal(String operation) {
        hooks.remove(operation);
        afterwards.remove(operation);
        nulls.remove(operation);
    }

    /**
     * Has an operation answer {@code null}.
     *
     * @param operation which
     * @return this
     */
    public FakePlugin answeringNull(String operation) {
        nulls.add(operation);
        return this;
    }

    /**
     * Sets what it says about its runtimes.
     *
     * @param next the answer
     * @return this
     */
    public FakePlugin saying(RuntimeInfo next) {
        info.set(next);
        return this;
    }

    /**
     * Lists the operations that were called, in order.
     *
     * @return a copy; never {@code null}
     */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    FakeWorld world() {
        return world;
    }

    boolean inJvm() {
        return inJvm;
    }

    /** Begins an operation: noted, then disturbed. */
    void enter(String operation, TaskId id) {
        calls.add(operation);
        Hook hook = hooks.get(operation);
        if (hook != null) {
            hook.before(id);
        }
    }

    /** Ends an operation. */
    <T> T leave(String operation, T answer) {
        Runnable hook = afterwards.get(operation);
        if (hook != null) {
            hook.run();
        }
        return nulls.contains(operation) ? null : answer;
    }

    @Override
    public RuntimeInfo info(String runtime, Duration within) throws DavitException {
        enter("info", null);
        return leave("info", info.get());
    }

    @Override
    public ShimInstance start(ShimContext context, Duration within) throws DavitException {
        TaskId id = context.bundle().id();
        enter("start", id);
        world.supervise(id);
        return leave("start", new FakeInstance(this, context));
    }

    @Override
    public ShimInstance recover(ShimContext context, Duration within) throws DavitException {
        TaskId id = context.bundle().id();
        enter("recover", id);
        if (!world.isSupervised(id)) {
            throw new DavitException(Kind.NOT_FOUND, "no supervisor: task=" + id);
        }
        FakeInstance instance = new FakeInstance(this, context);
        world.processes(id)
                .forEach((execId, p) -> p.exit().ifPresent(e -> context.exited(execId, e)));
        return leave("recover", instance);
    }

    @Override
    public Optional<Exit> cleanUp(ShimContext context, Duration within) throws DavitException {
        TaskId id = context.bundle().id();
        enter("cleanUp", id);
        world.destroy(id);
        return leave("cleanUp", Optional.empty());
    }
}

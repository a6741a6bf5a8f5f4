package io.davit.testkit;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.CheckpointTask;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.ExecTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.ProcessInfo;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskMetrics;
import io.davit.api.task.TaskState;
import io.davit.api.task.UpdateTask;
import io.davit.spi.shim.ShimContext;
import io.davit.spi.shim.ShimInstance;
import io.davit.testkit.FakeWorld.FakeProcess;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One shim of a {@link FakePlugin}. */
final class FakeInstance implements ShimInstance {
    private final FakePlugin plugin;
    private final FakeWorld world;
    private final ShimContext context;
    private final TaskId id;

    FakeInstance(FakePlugin plugin, ShimContext context) {
        this.plugin = plugin;
        this.world = plugin.world();
        this.context = context;
        this.id = context.bundle().id();
        world.connect(id, context::exited);
    }

    @Override
    public long create(CreateShimTask request, Duration within) throws DavitException {
        plugin.enter("create", id);
        return world.add(id, INIT);
    }

    @Override
    public long start(String execId, Duration within) throws DavitException {
        plugin.enter("start-process", id);
        FakeProcess process = world.process(id, execId);
        if (process.state() != TaskState.CREATED) {
            throw new DavitException(Kind.FAILED_PRECONDITION, "started before");
        }
        world.state(id, execId, TaskState.RUNNING);
        return process.pid();
    }

    @Override
    public ProcessStatus status(String execId, Duration within) throws DavitException {
        plugin.enter("status", id);
        FakeProcess process = world.process(id, execId);
        return plugin.leave(
                "status",
                new ProcessStatus(execId, process.pid(), process.state(), process.exit()));
    }

    @Override
    public void kill(String execId, Signal signal, KillScope scope, Duration within)
            throws DavitException {
        plugin.enter("kill", id);
        world.process(id, execId);
        List<String> reached = scope == KillScope.ALL ? world.running(id) : List.of(execId);
        reached.forEach(each -> world.exit(id, each, 128 + signal.number()));
    }

    @Override
    public void pause(Duration within) throws DavitException {
        plugin.enter("pause", id);
        world.state(id, INIT, TaskState.PAUSED);
    }

    @Override
    public void resume(Duration within) throws DavitException {
        plugin.enter("resume", id);
        world.state(id, INIT, TaskState.RUNNING);
    }

    @Override
    public void exec(ExecTask request, Duration within) throws DavitException {
        plugin.enter("exec", id);
        world.add(id, request.execId());
    }

    @Override
    public List<ProcessInfo> processes(Duration within) throws DavitException {
        plugin.enter("processes", id);
        List<ProcessInfo> processes = new ArrayList<>();
        for (String execId : world.running(id)) {
            processes.add(new ProcessInfo(world.process(id, execId).pid(), execId));
        }
        return plugin.leave("processes", processes);
    }

    @Override
    public void resize(String execId, ConsoleSize size, Duration within) throws DavitException {
        plugin.enter("resize", id);
        world.process(id, execId);
    }

    @Override
    public void closeStdin(String execId, Duration within) throws DavitException {
        plugin.enter("closeStdin", id);
        world.process(id, execId);
    }

    @Override
    public void checkpoint(CheckpointTask request, Duration within) throws DavitException {
        plugin.enter("checkpoint", id);
    }

    @Override
    public void update(UpdateTask request, Duration within) throws DavitException {
        plugin.enter("update", id);
    }

    @Override
    public TaskMetrics metrics(Duration within) throws DavitException {
        plugin.enter("metrics", id);
        world.process(id, INIT);
        return plugin.leave(
                "metrics",
                new TaskMetrics(Instant.now(), 1, -1, 1, 1, 0, Map.of(), Optional.empty()));
    }

    @Override
    public Optional<Exit> await(String execId, Duration within) throws DavitException {
        plugin.enter("await", id);
        return plugin.leave("await", world.process(id, execId).exit());
    }

    @Override
    public AutoCloseable attach(String execId, Stdio stdio, Duration within) throws DavitException {
        plugin.enter("attach", id);
        world.process(id, execId);
        return () -> plugin.enter("detach", id);
    }

    @Override
    public Exit delete(String execId, Duration within) throws DavitException {
        plugin.enter("delete", id);
        FakeProcess process = world.process(id, execId);
        if (!process.state().canDelete()) {
            throw new DavitException(Kind.FAILED_PRECONDITION, "still running");
        }
        world.remove(id, execId);
        return plugin.leave(
                "delete", process.exit().orElseGet(() -> Exit.of(process.pid(), 0, Instant.now())));
    }

    @Override
    public void release(boolean pluginLeaves, Duration within) {
        plugin.enter("release", id);
        if (pluginLeaves && plugin.inJvm()) {
            for (String execId : world.running(id)) {
                long pid = world.process(id, execId).pid();
                context.exited(execId, Exit.because(pid, 143, Instant.now(), Exit.PLUGIN_REMOVED));
            }
            world.destroy(id);
        }
        world.disconnect(id);
    }

    @Override
    public void close(Duration within) {
        plugin.enter("close", id);
        world.destroy(id);
        world.disconnect(id);
    }
}

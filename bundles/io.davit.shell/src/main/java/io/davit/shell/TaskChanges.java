package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.api.task.CheckpointTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.OciResources;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.Signal;
import io.davit.api.task.Task;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskProcess;
import io.davit.api.task.TaskState;
import io.davit.api.task.UpdateTask;
import io.davit.oci.Json;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The verbs that change a task, and the one that waits for its end. */
final class TaskChanges {
    private static final int TIMED_OUT = 124;
    private static final Duration LONG_CALL = Duration.ofMinutes(10);
    private static final Duration END = Duration.ofSeconds(10);
    private static final long CPU_PERIOD = 100_000;

    private final Managers managers;

    TaskChanges(Managers managers) {
        this.managers = managers;
    }

    Map<String, Verb> verbs() {
        Syntax one = Syntax.words(1, 1);
        return Map.of(
                "task start", Verb.changing(one, this::start),
                "task kill",
                        Verb.changing(one.values("--signal", "--exec").flags("--all"), this::kill),
                "task pause", Verb.changing(one, this::pause),
                "task resume", Verb.changing(one, this::resume),
                "task update",
                        Verb.changing(
                                one.values("--memory", "--pids", "--cpus", "--resources"),
                                this::update),
                "task checkpoint",
                        Verb.changing(one.values("--image").flags("--exit"), this::checkpoint),
                "task wait", Verb.reading(one.values("--timeout"), this::await),
                "task delete", Verb.changing(one.flags("--force"), this::delete));
    }

    private Task task(Call call) throws CommandFailure, DavitException {
        TaskId id = call.words().taskId();
        call.about("task", id);
        return Tasks.require(managers.tasks(), id);
    }

    private int start(Call call) throws CommandFailure {
        task(call).start(Tasks.CALL);
        return 0;
    }

    private int kill(Call call) throws CommandFailure {
        Signal signal = Signal.parse(call.words().value("--signal").orElse("TERM"));
        Task task = task(call);
        call.about("signal", signal);
        TaskProcess process = task;
        Optional<String> exec = call.words().value("--exec");
        if (exec.isPresent()) {
            call.about("exec", exec.get());
            process =
                    task.process(exec.get())
                            .orElseThrow(
                                    () ->
                                            new DavitException(
                                                    Kind.NOT_FOUND,
                                                    "no such process: task="
                                                            + task.id()
                                                            + " exec="
                                                            + Texts.quote(exec.get())));
        }
        requireAlive(process, task.id());
        process.kill(
                signal, call.words().has("--all") ? KillScope.ALL : KillScope.PROCESS, Tasks.CALL);
        return 0;
    }

    /** A signal that reaches nobody is told, though the task manager takes it for nothing to do. */
    private static void requireAlive(TaskProcess process, TaskId id) throws DavitException {
        ProcessStatus status = process.status();
        if (status.state() == TaskState.STOPPED) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "nothing to signal, it has ended: task="
                            + id
                            + status.exit().map(exit -> " status=" + exit.status()).orElse(""));
        }
    }

    private int pause(Call call) throws CommandFailure {
        task(call).pause(Tasks.CALL);
        return 0;
    }

    private int resume(Call call) throws CommandFailure {
        task(call).resume(Tasks.CALL);
        return 0;
    }

    private int update(Call call) throws CommandFailure {
        Map<String, Object> resources = Map.of();
        Words words = call.words();
        Optional<String> file = words.value("--resources");
        if (file.isPresent()) {
            Path path = OptionValues.path(call.session().directory(), "--resources", file.get());
            byte[] text = InputFile.read("--resources", path);
            resources = object(Json.parse("--resources", text));
        }
        Optional<String> memory = words.value("--memory");
        if (memory.isPresent()) {
            long bytes = OptionValues.size("--memory", memory.get());
            resources = Json.with(resources, bytes, "memory", "limit");
        }
        Optional<String> pids = words.value("--pids");
        if (pids.isPresent()) {
            long most = OptionValues.size("--pids", pids.get());
            resources = Json.with(resources, most, "pids", "limit");
        }
        Optional<String> cpus = words.value("--cpus");
        if (cpus.isPresent()) {
            long quota = OptionValues.cpus("--cpus", cpus.get(), CPU_PERIOD);
            resources = Json.with(resources, quota, "cpu", "quota");
            resources = Json.with(resources, CPU_PERIOD, "cpu", "period");
        }
        if (resources.isEmpty()) {
            throw CommandFailure.usage("nothing to update");
        }
        OciResources limits = new OciResources(Json.write(resources));
        task(call).update(new UpdateTask(limits, Map.of()), Tasks.CALL);
        return 0;
    }

    @SuppressWarnings("unchecked") // objects of JSON have texts as keys
    private static Map<String, Object> object(Object value) throws CommandFailure {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw CommandFailure.usage("--resources is no object");
    }

    private int checkpoint(Call call) throws CommandFailure {
        String image =
                call.words()
                        .value("--image")
                        .orElseThrow(() -> CommandFailure.usage("give --image DIR"));
        Path path = OptionValues.path(call.session().directory(), "--image", image);
        call.about("image", path);
        boolean exit = call.words().has("--exit");
        task(call).checkpoint(new CheckpointTask(path, exit, Optional.empty()), LONG_CALL);
        return 0;
    }

    private int await(Call call) throws CommandFailure {
        call.session().patient();
        Task task = task(call);
        Optional<String> timeout = call.words().value("--timeout");
        if (timeout.isEmpty()) {
            return Tasks.await(task).status();
        }
        Optional<Exit> exit = task.await(OptionValues.time("--timeout", timeout.get()));
        return exit.map(Exit::status).orElse(TIMED_OUT);
    }

    private int delete(Call call) throws CommandFailure {
        Task task = task(call);
        if (call.words().has("--force") && !task.status().state().canDelete()) {
            task.kill(Signal.KILL, KillScope.ALL, Tasks.CALL);
            task.await(END);
        }
        Exit exit = managers.tasks().delete(task.id(), Tasks.CALL);
        call.about("exit", exit.status());
        return 0;
    }
}

package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Namespace;
import io.davit.api.shim.ShimInfo;
import io.davit.api.task.CreateTask;
import io.davit.api.task.Stdio;
import io.davit.api.task.Task;
import io.davit.api.task.TaskManager;
import io.davit.api.task.TaskState;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** The verbs that make tasks: those that belong to their caller, and those that outlive it. */
final class TaskRunning {
    /** Says of a task that its output is kept by whoever gave it its streams. */
    static final String CAPTURED = "io.davit.shell.captured";

    /** Says of a task that it has a terminal. */
    static final String TERMINAL = "io.davit.shell.terminal";

    private static final Logger LOG = LoggerFactory.getLogger(TaskRunning.class);
    private static final Duration CREATE = Duration.ofMinutes(10);

    private final Managers managers;
    private final TaskLogs logs;

    TaskRunning(Managers managers, TaskLogs logs) {
        this.managers = managers;
        this.logs = logs;
    }

    Map<String, Verb> verbs() {
        return Map.of(
                "run", Verb.changing(Syntax.RAW, this::run),
                "task create", Verb.changing(Syntax.RAW, this::create),
                "plan", Verb.reading(Syntax.RAW, this::plan),
                "runtimes", Verb.reading(RuntimesVerb.SYNTAX, this::runtimes));
    }

    private static RunOptions options(Call call) throws CommandFailure {
        return RunParser.parse(call.session().directory(), call.words().rest());
    }

    private int run(Call call) throws CommandFailure, IOException, InterruptedException {
        RunOptions options = options(call);
        return options.detach() ? detach(call, options) : attend(call, options);
    }

    /** Runs a task that ends with its caller. */
    private int attend(Call call, RunOptions options)
            throws CommandFailure, IOException, InterruptedException {
        Session session = call.session();
        RunVerb run = new RunVerb(managers.tasks(), session.in(), session.out(), session.err());
        session.patient();
        if (options.tty()) {
            run.resize(Terminals.lend(session));
            session.onResize(run::resize);
        }
        session.onCancel(run::stop);
        try {
            return run.run(options, call.notices());
        } finally {
            session.returnTerminal();
            run.task().ifPresent(id -> call.about("task", id));
        }
    }

    /** Starts a task that nobody waits for and says its id. */
    private int detach(Call call, RunOptions options) throws CommandFailure, IOException {
        Task task = make(call, options);
        try {
            task.start(Tasks.CALL);
        } catch (DavitException e) {
            removeUnstarted(task);
            throw Program.failure(e, options);
        }
        call.print(task.id().id() + "\n");
        return 0;
    }

    private void removeUnstarted(Task task) {
        try {
            managers.tasks().delete(task.id(), Tasks.CALL);
        } catch (DavitException e) {
            LOG.warn("task is left: task={} cause={}", task.id(), e.getMessage());
        }
    }

    private int create(Call call) throws CommandFailure, IOException {
        call.print(make(call, options(call)).id().id() + "\n");
        return 0;
    }

    private Task make(Call call, RunOptions options) throws CommandFailure, DavitException {
        CreateTask plain = TaskRequest.of(options, Stdio.NONE);
        call.about("task", plain.id());
        call.about("runtime", plain.runtime());
        boolean captured = !keepsLog(plain.runtime());
        Capture capture = captured ? logs.capture(plain.id()) : null;
        Stdio none = new Stdio(new Stdio.None(), new Stdio.None(), new Stdio.None(), options.tty());
        CreateTask request =
                CreateTask.builder(plain.id(), plain.runtime(), plain.spec())
                        .rootfs(plain.rootfs())
                        .stdio(captured ? capture.stdio(options.tty()) : none)
                        .labels(labels(captured, options.tty()))
                        .build();
        Task task;
        try {
            task = managers.tasks().create(request, CREATE);
        } catch (DavitException e) {
            throw Program.failure(e, options);
        }
        if (captured) {
            capture.place(task.bundle());
        }
        return task;
    }

    private static Map<String, String> labels(boolean captured, boolean terminal) {
        return Map.of(CAPTURED, Boolean.toString(captured), TERMINAL, Boolean.toString(terminal));
    }

    private boolean keepsLog(String runtime) throws DavitException {
        return managers.shims()
                .info(runtime, Tasks.CALL)
                .features()
                .contains(ShimInfo.KEEPS_OUTPUT);
    }

    private int plan(Call call) throws CommandFailure, IOException {
        CreateTask request = TaskRequest.of(options(call), Stdio.NONE);
        call.print(PlanVerb.text(managers.tasks().plan(request)));
        return 0;
    }

    private int runtimes(Call call) throws IOException {
        call.print(RuntimesVerb.text(managers.shims().runtimes(Tasks.CALL), call.words()));
        return 0;
    }

    /**
     * Keeps the output of tasks that were started before this process again.
     *
     * @return whether no task is left whose shim may still be found again
     */
    boolean resumeCaptures() throws DavitException {
        boolean settled = true;
        TaskManager tasks = managers.tasks();
        for (Namespace namespace : tasks.namespaces()) {
            for (Task task : tasks.tasks(namespace)) {
                if (Boolean.parseBoolean(task.labels().get(CAPTURED))
                        && logs.find(task.id()).isEmpty()) {
                    settled &= resumeIfRunning(task);
                }
            }
        }
        return settled;
    }

    private boolean resumeIfRunning(Task task) {
        try {
            TaskState state = task.status().state();
            if (state == TaskState.RUNNING || state == TaskState.PAUSED) {
                resumeCapture(task);
            }
            return state != TaskState.UNREACHABLE;
        } catch (DavitException e) {
            LOG.debug("task was deleted meanwhile: task={}", task.id(), e);
            return true;
        }
    }

    private void resumeCapture(Task task) {
        Capture capture = logs.capture(task.id());
        capture.place(task.bundle());
        boolean terminal = Boolean.parseBoolean(task.labels().get(TERMINAL));
        try {
            // Ends with the task; nothing else ever closes it.
            task.attach(capture.stdio(terminal), Tasks.CALL);
        } catch (DavitException e) {
            LOG.warn("output is no longer kept: task={} cause={}", task.id(), e.getMessage());
        }
    }
}

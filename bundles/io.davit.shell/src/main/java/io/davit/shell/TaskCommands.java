package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Namespace;
import io.davit.api.shim.ShimManager;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.ProcessInfo;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.Task;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskManager;
import io.davit.api.task.TaskMetrics;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;

/**
 * The commands about tasks for a Gogo shell: {@code davit:run}, {@code davit:tasks} and so on.
 *
 * <p>A task is named {@code ID} or {@code NAMESPACE/ID}. Everything is printed to {@code
 * System.out}, which is the session's in Gogo, in Karaf and in a pipe.
 */
@Component(
        name = "io.davit.shell.tasks",
        service = TaskCommands.class,
        property = {
            "osgi.command.scope=davit",
            "osgi.command.function=runtimes",
            "osgi.command.function=run",
            "osgi.command.function=plan",
            "osgi.command.function=tasks",
            "osgi.command.function=info",
            "osgi.command.function=kill",
            "osgi.command.function=pause",
            "osgi.command.function=resume",
            "osgi.command.function=delete"
        })
public final class TaskCommands {
    private static final Duration CALL = Duration.ofSeconds(30);

    private final TaskManager tasks;
    private final ShimManager shims;

    /**
     * Takes what the commands need.
     *
     * @param tasks runs tasks
     * @param shims knows runtimes
     */
    @Activate
    public TaskCommands(
            @Reference(name = "tasks") TaskManager tasks,
            @Reference(name = "shims") ShimManager shims) {
        this.tasks = tasks;
        this.shims = shims;
    }

    /** Says what can run here. */
    public void runtimes() {
        System.out.print(RuntimesVerb.text(shims.runtimes(CALL)));
    }

    /**
     * Says what running a task would do.
     *
     * @param words as for {@link #run}
     */
    public void plan(String... words) {
        RunOptions options = options(words);
        try {
            System.out.print(PlanVerb.text(tasks.plan(TaskRequest.of(options, Stdio.NONE))));
        } catch (CommandFailure e) {
            throw refused(e);
        }
    }

    /**
     * Runs a task without input until it ends; an interrupt ends it.
     *
     * @param words options, program and arguments as on the command line
     */
    public void run(String... words) {
        RunOptions options = options(words);
        SessionOutput output = new SessionOutput();
        RunVerb run = new RunVerb(tasks, InputStream.nullInputStream(), output, output);
        FutureTask<Integer> work = new FutureTask<>(() -> run.run(options, new Notices(output)));
        Thread runner = new Thread(work, "davit-shell-run");
        runner.setDaemon(true);
        runner.start();
        try {
            output.copyTo(System.out, work);
            int status = work.get();
            if (status != 0) {
                System.out.println("status " + status);
            }
        } catch (InterruptedException e) {
            run.stop();
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    /** Lists the tasks of all namespaces. */
    public void tasks() {
        Columns table = new Columns("NAMESPACE", "ID", "RUNTIME", "STATE", "PID", "STATUS");
        for (Namespace namespace : tasks.namespaces()) {
            for (Task task : tasks.tasks(namespace)) {
                ProcessStatus status = task.status();
                table.row(
                        namespace.name(),
                        task.id().id(),
                        task.runtime(),
                        status.state().name(),
                        Long.toString(status.pid()),
                        status.exit().map(exit -> Integer.toString(exit.status())).orElse(""));
            }
        }
        System.out.print(table);
    }

    /**
     * Says what is known of a task.
     *
     * @param task which
     */
    public void info(String task) {
        Task found = find(task);
        ProcessStatus status = found.status();
        Columns table = new Columns("TASK", found.id().toString());
        table.row("runtime", found.runtime());
        table.row("state", status.state().name());
        table.row("bundle", found.bundle().toString());
        status.exit().ifPresent(exit -> table.row("exit", exit(exit)));
        found.labels().forEach((key, value) -> table.row("label " + key, value));
        if (status.exit().isEmpty()) {
            table.row("processes", processes(found.processes(CALL)));
            TaskMetrics metrics = found.metrics(CALL);
            table.row("memory", metrics.memoryBytes() + " bytes");
            table.row("cpu", Duration.ofNanos(metrics.cpuNanos()).toMillis() + " ms");
        }
        System.out.print(table);
    }

    /**
     * Sends SIGTERM to all processes of a task.
     *
     * @param task which
     */
    public void kill(String task) {
        kill(task, "TERM");
    }

    /**
     * Sends a signal to all processes of a task.
     *
     * @param task which
     * @param signal a number or a name
     */
    public void kill(String task, String signal) {
        find(task).kill(Signal.parse(signal), KillScope.ALL, CALL);
    }

    /**
     * Halts a task.
     *
     * @param task which
     */
    public void pause(String task) {
        find(task).pause(CALL);
    }

    /**
     * Lets a halted task go on.
     *
     * @param task which
     */
    public void resume(String task) {
        find(task).resume(CALL);
    }

    /**
     * Deletes a task that has stopped.
     *
     * @param task which
     */
    public void delete(String task) {
        System.out.println(exit(tasks.delete(id(task), CALL)));
    }

    private Task find(String task) {
        TaskId id = id(task);
        return tasks.find(id)
                .orElseThrow(() -> new DavitException(Kind.NOT_FOUND, "no such task: id=" + id));
    }

    private static TaskId id(String task) {
        int slash = task.indexOf('/');
        return slash < 0
                ? TaskId.of(task)
                : new TaskId(new Namespace(task.substring(0, slash)), task.substring(slash + 1));
    }

    private static String exit(Exit exit) {
        return "status " + exit.status() + exit.reason().map(why -> ", " + why).orElse("");
    }

    private static String processes(List<ProcessInfo> processes) {
        return processes.stream()
                .map(each -> each.pid() + (each.execId().isEmpty() ? "" : " " + each.execId()))
                .collect(Collectors.joining(", "));
    }

    private static RunOptions options(String... words) {
        try {
            return RunParser.parse(List.of(words));
        } catch (CommandFailure e) {
            throw refused(e);
        }
    }

    private static RuntimeException failure(Throwable cause) {
        return cause instanceof CommandFailure refusal
                ? refused(refusal)
                : cause instanceof RuntimeException known
                        ? known
                        : new IllegalStateException(cause);
    }

    private static DavitException refused(CommandFailure failure) {
        return new DavitException(Kind.INVALID_ARGUMENT, failure.getMessage(), failure);
    }
}

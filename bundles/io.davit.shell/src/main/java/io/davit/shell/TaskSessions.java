package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.ExecProcess;
import io.davit.api.task.ExecTask;
import io.davit.api.task.OciProcess;
import io.davit.api.task.Stdio;
import io.davit.api.task.Task;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The verbs that connect a caller with a task that runs. */
final class TaskSessions {
    private static final Logger LOG = LoggerFactory.getLogger(TaskSessions.class);

    private final Managers managers;
    private final TaskLogs logs;

    TaskSessions(Managers managers, TaskLogs logs) {
        this.managers = managers;
        this.logs = logs;
    }

    Map<String, Verb> verbs() {
        return Map.of(
                "task exec",
                Verb.changing(
                        Syntax.program(2)
                                .values("--id", "--env", "--cwd", "--user")
                                .flags("--detach", "--interactive", "--tty"),
                        this::exec),
                "task attach",
                Verb.changing(Syntax.words(1, 1).flags("--interactive"), this::attach));
    }

    private int exec(Call call) throws CommandFailure, IOException, InterruptedException {
        Words words = call.words();
        Task task = words.task(managers.tasks());
        String execId = words.value("--id").orElseGet(TaskSessions::newId);
        call.about("task", task.id());
        call.about("exec", execId);
        OciProcess process = ExecSpec.of(task, words);
        String program = ExecSpec.program(words).get(0);
        boolean tty = words.has("--tty");
        if (words.has("--detach")) {
            Stdio none = new Stdio(new Stdio.None(), new Stdio.None(), new Stdio.None(), tty);
            start(task.exec(new ExecTask(execId, process, none), Tasks.CALL), program);
            call.print(execId + "\n");
            return 0;
        }
        call.session().patient();
        ConsoleSize size = tty ? Terminals.lend(call.session()) : null;
        SharedProcess shared = new SharedProcess();
        Stdio stdio = stdio(call, shared::outputBroken);
        ExecProcess added = task.exec(new ExecTask(execId, process, stdio), Tasks.CALL);
        shared.started(added);
        try {
            start(added, program);
            call.session().onCancel(shared::end);
            if (tty) {
                shared.resize(size);
                call.session().onResize(shared::resize);
            }
            return Tasks.await(added).status();
        } finally {
            call.session().returnTerminal();
            shared.leave();
            remove(added);
        }
    }

    private static String newId() {
        return "exec-" + Long.toString(System.nanoTime() & Long.MAX_VALUE, Character.MAX_RADIX);
    }

    /** A process that cannot be started is no process of the task. */
    private static void start(ExecProcess process, String program)
            throws CommandFailure, DavitException {
        try {
            process.start(Tasks.CALL);
        } catch (DavitException e) {
            remove(process);
            throw ProgramFailure.orElse(e, program, "");
        }
    }

    private static void remove(ExecProcess process) {
        boolean interrupted = Thread.interrupted();
        try {
            process.delete(Tasks.CALL);
        } catch (DavitException e) {
            LOG.debug("process is not removed: exec={}", process.execId(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Stdio stdio(Call call, Runnable broken) {
        Session session = call.session();
        WatchedOutput out = new WatchedOutput(session.out(), broken);
        if (call.words().has("--tty")) {
            return new Stdio(
                    new Stdio.FromStream(session.in()),
                    new Stdio.ToStream(out),
                    new Stdio.None(),
                    true);
        }
        boolean input = call.words().has("--interactive");
        return Stdio.streams(input ? session.in() : null, out, session.err());
    }

    private int attach(Call call) throws CommandFailure, IOException, InterruptedException {
        Task task = call.words().task(managers.tasks());
        call.about("task", task.id());
        call.session().patient();
        Optional<Capture> capture = logs.find(task.id());
        return capture.isPresent()
                ? watch(call, task, capture.get())
                : new Attachment(call, task).run();
    }

    /** Shows the output of a task whose streams are held here. */
    private static int watch(Call call, Task task, Capture capture)
            throws IOException, InterruptedException {
        CaptureWatch watch = new CaptureWatch();
        capture.add(watch);
        try {
            boolean some = true;
            while (some || task.status().exit().isEmpty()) {
                some = watch.copy(call.session(), call.notices());
            }
            return Tasks.await(task).status();
        } finally {
            capture.remove(watch);
        }
    }
}

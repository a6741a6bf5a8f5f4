package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.CreateTask;
import io.davit.api.task.Exit;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskManager;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** Runs a task with the streams of its caller and returns its status. */
final class RunVerb {
    private static final int TIMED_OUT = 124;

    private final TaskRun run;
    private final InputStream in;
    private final OutputStream out;
    private final OutputStream err;

    /** Written by the thread that runs the task. */
    private volatile TaskId task;

    RunVerb(TaskManager tasks, InputStream in, OutputStream out, OutputStream err) {
        this.run = new TaskRun(tasks);
        this.in = in;
        this.out = new WatchedOutput(out, run::outputBroken);
        this.err = err;
    }

    /**
     * Runs what the options say.
     *
     * @return the task's status, or 124 if its time was up
     * @throws CommandFailure if it cannot be run
     * @throws DavitException if Davit fails
     */
    int run(RunOptions options, Notices notices) throws CommandFailure, DavitException {
        CreateTask request = TaskRequest.of(options, stdio(options.tty()));
        task = request.id();
        Optional<Exit> exit;
        try {
            exit = run.run(request, options.timeout());
        } catch (DavitException e) {
            throw Program.failure(e, options);
        }
        if (exit.isEmpty()) {
            notices.say("task ended: id=" + request.id() + " reason=timeout");
            return TIMED_OUT;
        }
        exit.get()
                .reason()
                .ifPresent(
                        reason ->
                                notices.say(
                                        "task ended: id=" + request.id() + " reason=" + reason));
        return exit.get().status();
    }

    private Stdio stdio(boolean terminal) {
        return terminal
                ? new Stdio(
                        new Stdio.FromStream(in), new Stdio.ToStream(out), new Stdio.None(), true)
                : Stdio.streams(in, out, err);
    }

    /** The task, once it is known. */
    Optional<TaskId> task() {
        return Optional.ofNullable(task);
    }

    /** Sets the size of the task's terminal, now or as soon as there is one. */
    void resize(ConsoleSize size) {
        run.resize(size);
    }

    /** Ends the task from another thread. */
    void stop() {
        run.stop();
    }
}

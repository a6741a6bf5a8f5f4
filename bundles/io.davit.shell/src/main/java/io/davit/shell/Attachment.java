package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.Stdio;
import io.davit.api.task.Task;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A caller connected with the streams of a task until the task ends or the caller leaves. Confined
 * to the thread that runs it, but for {@link #leave}.
 */
final class Attachment {
    private static final Logger LOG = LoggerFactory.getLogger(Attachment.class);

    private final Call call;
    private final Session session;
    private final Task task;
    private final boolean tty;
    private final SharedProcess process = new SharedProcess();
    private final AtomicBoolean left = new AtomicBoolean();
    private final Thread runner = Thread.currentThread();
    private final CountedOutput out;

    Attachment(Call call, Task task) {
        this.call = call;
        this.session = call.session();
        this.task = task;
        this.tty = Boolean.parseBoolean(task.labels().get(TaskRunning.TERMINAL));
        this.out = new CountedOutput(new WatchedOutput(session.out(), this::leave));
    }

    /** Lets go of the task, which goes on. */
    private void leave() {
        if (left.compareAndSet(false, true)) {
            runner.interrupt();
        }
    }

    /** Carries bytes both ways; the status of the task, or 0 if the caller left before. */
    int run() throws CommandFailure, DavitException, IOException, InterruptedException {
        ConsoleSize size = tty ? Terminals.lend(session) : null;
        try {
            AutoCloseable connection = task.attach(stdio(), Tasks.CALL);
            try {
                if (tty) {
                    process.started(task);
                    process.resize(size);
                    session.onResize(process::resize);
                }
                int status = Tasks.await(task).status();
                out.awaitQuiet();
                return status;
            } finally {
                close(connection);
            }
        } catch (DavitException e) {
            if (!left.get()) {
                throw e;
            }
            session.returnTerminal();
            call.print("\n");
            call.notices().say("left, and the task goes on: task=" + task.id());
            return 0;
        } finally {
            session.returnTerminal();
        }
    }

    private Stdio stdio() {
        if (tty) {
            return new Stdio(
                    new Stdio.FromStream(new DetachKeys(session.in(), this::leave)),
                    new Stdio.ToStream(out),
                    new Stdio.None(),
                    true);
        }
        boolean input = call.words().has("--interactive");
        return Stdio.streams(input ? session.in() : null, out, session.err());
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // AutoCloseable declares no better exception
    private static void close(AutoCloseable connection) {
        boolean interrupted = Thread.interrupted();
        try {
            connection.close();
        } catch (Exception e) {
            LOG.debug("connection is not closed", e);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.KillScope;
import io.davit.api.task.Signal;
import io.davit.api.task.TaskProcess;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;

/** A process that uses its caller's streams and terminal. */
final class SharedProcess {
    private static final Logger LOG = LoggerFactory.getLogger(SharedProcess.class);
    private static final Signal PIPE = Signal.parse("PIPE");
    private static final Duration GRACE = Duration.ofSeconds(4);

    /** Written once, when it is known. */
    private volatile TaskProcess process;

    void started(TaskProcess started) {
        process = started;
    }

    /** Ends it as the kernel ends a process that writes to a pipe nobody reads. */
    void outputBroken() {
        Thread thread = new Thread(() -> kill(PIPE), "davit-broken-output");
        thread.setDaemon(true);
        thread.start();
    }

    /** Asks it to end, and makes it end when it does not. */
    void end() {
        kill(Signal.TERM);
        try {
            TaskProcess running = process;
            if (running != null && running.await(GRACE).isEmpty()) {
                kill(Signal.KILL);
            }
        } catch (DavitException e) {
            LOG.debug("process cannot be ended", e);
        }
    }

    /** Ends it, unless it has ended, also on a thread that was interrupted. */
    void leave() {
        boolean interrupted = Thread.interrupted();
        if (interrupted) {
            end();
            Thread.currentThread().interrupt();
        }
    }

    void resize(ConsoleSize size) {
        TaskProcess running = process;
        try {
            if (running != null) {
                running.resize(size, Tasks.CALL);
            }
        } catch (DavitException e) {
            LOG.debug("terminal cannot be resized", e); // usually because the process has ended
        }
    }

    private void kill(Signal signal) {
        TaskProcess running = process;
        try {
            if (running != null) {
                running.kill(signal, KillScope.PROCESS, Tasks.CALL);
            }
        } catch (DavitException e) {
            LOG.debug("process cannot be ended", e); // usually because it ended by itself
        }
    }
}

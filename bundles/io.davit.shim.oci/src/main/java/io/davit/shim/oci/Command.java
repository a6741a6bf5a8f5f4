package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.linux.Descriptor;
import io.davit.linux.LinuxException;
import io.davit.linux.PidFd;
import io.davit.linux.Pipe;
import io.davit.linux.Processes;
import io.davit.linux.Spawn;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A program that is run to its end, within a time, with one of its outputs kept.
 *
 * @param program its absolute path
 * @param arguments what follows its name
 * @param kept which output to keep: {@link #OUT} or {@link #ERR}; the other is dropped
 */
record Command(String program, List<String> arguments, int kept) {
    static final int OUT = 1;
    static final int ERR = 2;

    private static final int SIGKILL = 9;
    private static final Duration AFTER_KILL = Duration.ofSeconds(1);
    private static final List<String> PASSED_ON =
            List.of("PATH", "TMPDIR", "HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS");

    Command {
        arguments = List.copyOf(arguments);
    }

    /**
     * How a program ended.
     *
     * @param code its exit code, or 128 and the signal
     * @param text the output that was kept, at most what a pipe holds
     */
    record Result(int code, String text) {}

    /** The variables of this process that its children may see. */
    static Map<String, String> environment() {
        Map<String, String> passed = new TreeMap<>();
        for (String name : PASSED_ON) {
            String value = System.getenv(name);
            if (value != null) {
                passed.put(name, value);
            }
        }
        return passed;
    }

    /**
     * Runs it.
     *
     * @param what names it in failures
     * @throws DavitException {@code DEADLINE_EXCEEDED} or {@code CANCELLED} after it was killed;
     *     {@code RESOURCE_EXHAUSTED} if there is no room for a process; {@code NOT_FOUND} if the
     *     program is not there
     */
    Result run(String what, Deadline deadline) throws DavitException {
        try (Pipe pipe = Pipe.open();
                PidFd child = start(pipe.write())) {
            pipe.write().close();
            if (!awaitExit(child, deadline, what)) {
                throw new DavitException(
                        Kind.DEADLINE_EXCEEDED, what + " did not end in time: program=" + program);
            }
            int code = Processes.reap(child.pid()).orElseThrow().code();
            return new Result(code, drain(pipe.read()));
        } catch (LinuxException e) {
            throw Failures.isMissing(e)
                    ? new DavitException(Kind.NOT_FOUND, what + ": " + e.getMessage(), e)
                    : Failures.of(what, e);
        }
    }

    private PidFd start(Descriptor output) throws LinuxException {
        return Spawn.of(program, arguments)
                .environment(environment())
                .descriptor(kept, output)
                .start();
    }

    private static boolean awaitExit(PidFd child, Deadline deadline, String what)
            throws LinuxException {
        boolean ended = false;
        try {
            ended = !deadline.isOver() && child.awaitExit(deadline.remaining());
            return ended;
        } catch (InterruptedException e) {
            throw Failures.interrupted(what);
        } finally {
            if (!ended) {
                kill(child);
            }
        }
    }

    private static void kill(PidFd child) throws LinuxException {
        boolean interrupted = Thread.interrupted();
        try {
            child.signal(SIGKILL);
            if (child.awaitExit(AFTER_KILL)) {
                Processes.reap(child.pid());
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Reads what is there. Others may hold the pipe open, so its end is not waited for. */
    private static String drain(Descriptor pipe) throws LinuxException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] chunk = new byte[8192];
        try {
            while (pipe.awaitReadable(Duration.ZERO)) {
                int n = pipe.read(chunk);
                if (n == 0) {
                    break;
                }
                all.write(chunk, 0, n);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return all.toString(StandardCharsets.UTF_8).strip();
    }
}

package io.davit.shim.containerd;

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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One run of a shim's binary to its end: bounded in time and in what it says, with its two outputs
 * kept apart.
 *
 * @param program its absolute path
 * @param arguments what follows its name
 * @param environment all its variables
 * @param directory where it runs
 * @param input what it reads from standard input
 */
record HelperProcess(
        Path program,
        List<String> arguments,
        Map<String, String> environment,
        Path directory,
        byte[] input) {
    /** The most bytes of each output. */
    static final int MOST_OUTPUT = 64 << 10;

    /** What surely fits into a pipe that nobody reads yet. */
    static final int MOST_INPUT = 60_000;

    private static final int SIGKILL = 9;
    private static final Duration AFTER_KILL = Duration.ofSeconds(1);
    private static final Duration SLICE = Duration.ofMillis(50);

    /**
     * How it ended.
     *
     * @param code its exit code, or 128 and the signal
     * @param out what it wrote to standard output
     * @param err what it wrote to standard error, without white space around
     */
    record Result(int code, byte[] out, String err) {}

    HelperProcess {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        if (input.length > MOST_INPUT) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT, "runtime options are too large: bytes=" + input.length);
        }
    }

    /**
     * Runs it.
     *
     * @param what names it in failures
     * @throws DavitException {@code DEADLINE_EXCEEDED} or {@code CANCELLED} after it was killed;
     *     {@code INTERNAL} after it was killed for what it said; {@code RESOURCE_EXHAUSTED} if
     *     there is no room for a process; {@code NOT_FOUND} if the program is not there
     */
    Result run(String what, Deadline deadline) throws DavitException {
        try (Pipe in = Pipe.open();
                Pipe out = Pipe.open();
                Pipe err = Pipe.open();
                PidFd child = start(in, out, err)) {
            in.read().close();
            out.write().close();
            err.write().close();
            Output said = new Output(what, out.read(), err.read());
            boolean ended = false;
            try {
                awaitEnd(what, child, said, deadline);
                ended = true;
            } finally {
                if (!ended) {
                    kill(child);
                }
            }
            int code = Processes.reap(child.pid()).orElseThrow().code();
            said.take();
            return new Result(code, said.out.toByteArray(), said.err());
        } catch (LinuxException e) {
            throw Failures.isMissing(e)
                    ? new DavitException(Kind.NOT_FOUND, what + ": " + e.getMessage(), e)
                    : Failures.of(what, e);
        }
    }

    private PidFd start(Pipe in, Pipe out, Pipe err) throws LinuxException {
        in.write().write(input);
        in.write().close();
        return Spawn.of(program.toString(), arguments)
                .environment(environment)
                .in(directory)
                .inOwnGroup()
                .descriptor(0, in.read())
                .descriptor(1, out.write())
                .descriptor(2, err.write())
                .start();
    }

    /** Waits for the process alone: who else holds the pipes does not prolong it. */
    private static void awaitEnd(String what, PidFd child, Output said, Deadline deadline)
            throws LinuxException, DavitException {
        try {
            while (!child.awaitExit(SLICE)) {
                said.take();
                if (deadline.isOver()) {
                    throw new DavitException(
                            Kind.DEADLINE_EXCEEDED,
                            what + " did not end in time: said=" + Failures.quote(said.err()));
                }
            }
        } catch (InterruptedException e) {
            throw Failures.interrupted(what);
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

    /** What a process has said so far. */
    private static final class Output {
        private final String what;
        private final Descriptor outPipe;
        private final Descriptor errPipe;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();

        private Output(String what, Descriptor outPipe, Descriptor errPipe) {
            this.what = what;
            this.outPipe = outPipe;
            this.errPipe = errPipe;
        }

        private String err() {
            return err.toString(StandardCharsets.UTF_8).strip();
        }

        /** Takes what is there. */
        private void take() throws LinuxException, DavitException {
            try {
                drain(outPipe, out, "standard output");
                drain(errPipe, err, "standard error");
            } catch (InterruptedException e) {
                throw Failures.interrupted(what);
            }
        }

        private void drain(Descriptor pipe, ByteArrayOutputStream to, String name)
                throws LinuxException, InterruptedException, DavitException {
            byte[] chunk = new byte[8192];
            while (pipe.awaitReadable(Duration.ZERO)) {
                int n = pipe.read(chunk);
                if (n == 0) {
                    return;
                }
                to.write(chunk, 0, n);
                if (to.size() > MOST_OUTPUT) {
                    throw Failures.protocol(
                            what + " said more than " + MOST_OUTPUT + " bytes on " + name);
                }
            }
        }
    }
}

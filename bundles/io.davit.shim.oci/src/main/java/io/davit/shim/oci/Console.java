package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.api.task.Stdio;
import io.davit.linux.Dir;
import io.davit.linux.LinuxException;
import io.davit.linux.PacketSocket;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One connection of caller's streams to a process, through the socket of its conmon.
 *
 * <p><b>Threads.</b> Safe for use by many threads. The pumps have threads of their own.
 */
final class Console {
    private static final String SOCKET = "attach";
    private static final long LOOK_MILLIS = 2;

    private final String what;
    private final PacketSocket socket;
    private final List<Closeable> opened = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private OutputPump output;
    private InputPump input;

    private Console(String what, PacketSocket socket) {
        this.what = what;
        this.socket = socket;
    }

    /**
     * Connects.
     *
     * @param what names the process in failures and threads
     * @param files the process's directory
     * @param stdio the streams
     * @param end what the end of the caller's input does
     */
    static Console open(String what, PrivateFiles files, Stdio stdio, InputPump.End end)
            throws DavitException {
        try (Dir dir = Dir.open(files.path())) {
            Console console = new Console(what, PacketSocket.connect(dir, SOCKET));
            try {
                console.prepare(stdio, end);
            } catch (DavitException e) {
                console.close();
                throw e;
            }
            console.threads.forEach(Thread::start);
            return console;
        } catch (LinuxException e) {
            throw new DavitException(
                    Kind.UNAVAILABLE, "connect streams: " + what + ": " + e.getMessage(), e);
        }
    }

    private void prepare(Stdio stdio, InputPump.End end) throws DavitException {
        OutputStream out = sink(stdio.stdout());
        OutputStream err = stdio.terminal() ? null : sink(stdio.stderr());
        output = new OutputPump(what, socket, out, err);
        thread("davit-oci-out-", output);
        if (!(stdio.stdin() instanceof Stdio.None)) {
            input = new InputPump(what, source(stdio.stdin()), socket, end);
            thread("davit-oci-in-", input);
        }
    }

    private void thread(String name, Runnable pump) {
        Thread thread = new Thread(null, pump, name + what, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        threads.add(thread);
    }

    private OutputStream sink(Stdio.Sink sink) throws DavitException {
        if (sink instanceof Stdio.ToStream stream) {
            return stream.stream();
        }
        if (sink instanceof Stdio.Uri uri) {
            OutputStream file = StdioFiles.output(uri);
            opened.add(file);
            return file;
        }
        return null;
    }

    private InputStream source(Stdio.Source source) throws DavitException {
        if (source instanceof Stdio.FromStream stream) {
            return stream.stream();
        }
        InputStream file = StdioFiles.input((Stdio.Uri) source);
        opened.add(file);
        return file;
    }

    /** Completed when all output was carried or given up. */
    CompletableFuture<Void> drained() {
        return output.done();
    }

    /** Returns what names the connection within this JVM. */
    PacketSocket.Handle handle() throws LinuxException {
        return socket.handle();
    }

    /**
     * Ends the process's input after what the caller has written so far, as far as that is known.
     */
    void endInput(Deadline deadline) throws DavitException {
        if (input == null) {
            return;
        }
        try {
            long seen = -1;
            while (!deadline.isOver() && !(input.isIdle() && seen == input.turns())) {
                // Idle twice with nothing between: once can be the moment between read and count.
                seen = input.isIdle() ? input.turns() : -1;
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            throw Failures.interrupted("close standard input: " + what);
        }
        input.end();
    }

    /** Lets go of the process's output, however much of it is on its way. */
    void cut() {
        if (output != null) {
            output.giveUp();
        }
        try {
            socket.endReceiving();
        } catch (LinuxException ignored) {
            // Closed before.
        }
        threads.forEach(Thread::interrupt);
    }

    /** Closes it. The process must have ended, or not mind that its input ends too. */
    void close() {
        cut();
        try {
            socket.endSending();
        } catch (LinuxException ignored) {
            // Closed before.
        }
        socket.close();
        for (Closeable each : opened) {
            try {
                each.close();
            } catch (IOException ignored) {
                // Nothing can be done, and nobody reads on.
            }
        }
    }
}

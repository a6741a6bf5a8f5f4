package io.davit.launcher;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Has a daemon run one command and lends it this process's standard streams and terminal.
 *
 * <p>Standard input is read only as far as the command asks for it. A signal that ends this process
 * ends the command first, bounded.
 */
final class Client {
    private static final int FAILED = 125;
    private static final long CANCEL_SECONDS = 12;

    private final ServerFrames frames;
    private final ClientFrames answers;
    private final ClientInput input;
    private final Terminal terminal;
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final OutputStream err = new FileOutputStream(FileDescriptor.err);
    private final CountDownLatch over = new CountDownLatch(1);

    /** Whether nobody reads standard output any more. Used by the thread that reads frames. */
    private boolean broken;

    private Client(DaemonConnection connection) {
        this.frames = new ServerFrames(connection.in());
        this.answers = new ClientFrames(connection.out());
        this.input = new ClientInput(new FileInputStream(FileDescriptor.in), answers);
        this.terminal = new Terminal(answers);
    }

    /**
     * Runs a command.
     *
     * @return its status; empty if there is no daemon
     * @throws IOException if the daemon is not to be trusted
     */
    static Optional<Integer> run(Path socket, List<String> args) throws IOException {
        Optional<DaemonConnection> connected = DaemonConnection.open(socket);
        if (connected.isEmpty()) {
            return Optional.empty();
        }
        try (DaemonConnection connection = connected.get()) {
            return Optional.of(new Client(connection).run(args));
        }
    }

    private int run(List<String> args) {
        Thread hook = new Thread(this::cancel, "davit-client-end");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            ask(args);
            return serve();
        } catch (IOException e) {
            return fail("lost the daemon: " + e.getMessage());
        } finally {
            terminal.restore();
            over.countDown();
        }
    }

    /** A daemon that refuses may have closed already; what it said is read next. */
    private void ask(List<String> args) {
        try {
            answers.request(Path.of("").toAbsolutePath(), args);
        } catch (IOException e) {
            // Without a word it is told as a daemon that ended the connection.
        }
    }

    private int serve() throws IOException {
        Optional<ServerFrames.Frame> next = frames.next();
        while (next.isPresent()) {
            ServerFrames.Frame frame = next.get();
            switch (frame.kind()) {
                case ServerFrames.OUTPUT -> write(frame.bytes());
                case ServerFrames.ERROR -> writeError(frame.bytes());
                case ServerFrames.CREDIT -> input.allow(frame.number());
                case ServerFrames.TERMINAL -> lendTerminal(frame.bytes());
                case ServerFrames.STATUS -> {
                    return frame.number();
                }
                default -> throw new IOException("unknown frame: kind=" + frame.kind());
            }
            next = frames.next();
        }
        return fail("lost the daemon: it ended the connection");
    }

    private void lendTerminal(byte[] wanted) throws IOException {
        if (wanted.length == 1 && wanted[0] == 1) {
            terminal.lend();
        } else {
            terminal.restore();
        }
    }

    /** Says once that nobody reads, and goes on until the command has ended of it. */
    private void write(byte[] bytes) throws IOException {
        try {
            if (!broken) {
                out.write(bytes);
            }
        } catch (IOException e) {
            broken = true;
            answers.broken();
        }
    }

    private void writeError(byte[] bytes) {
        try {
            err.write(bytes);
        } catch (IOException e) {
            // Nobody listens.
        }
    }

    private int fail(String message) {
        terminal.restore();
        writeError(("davit: " + message + "\n").getBytes(StandardCharsets.UTF_8));
        return FAILED;
    }

    /** Runs when the process is to end; without effect after the command has ended. */
    private void cancel() {
        if (over.getCount() == 0) {
            return;
        }
        try {
            answers.cancel();
            over.await(CANCEL_SECONDS, TimeUnit.SECONDS);
        } catch (IOException e) {
            // The daemon has gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        terminal.restore();
    }
}

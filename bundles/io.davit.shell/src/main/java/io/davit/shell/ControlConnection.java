package io.davit.shell;

import io.davit.api.task.ConsoleSize;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * One client of the control socket: one request, what the client sends meanwhile, what it is sent.
 *
 * <p>Three threads, none of which waits for a client but the one that sends: one reads frames, one
 * runs the command, one sends. Ends when the status was sent and the client has gone, or when the
 * client breaks a rule; then the command ends too.
 */
final class ControlConnection implements Session {
    private static final Logger LOG = LoggerFactory.getLogger(ControlConnection.class);
    private static final int FAILED = 125;

    private final SocketChannel channel;
    private final String caller;
    private final String name;
    private final ControlLimits limits;
    private final Outbox outbox;
    private final SentInput in;
    private final ClientFrames frames;
    private final LentTerminal terminal;
    private final Cancellation cancellation = new Cancellation();
    private final OutputStream out;
    private final OutputStream err;
    private final long beganNanos = System.nanoTime();

    /** Whether standard output is read. */
    private volatile boolean broken;

    /** Whether the client may be slow. */
    private volatile boolean patient;

    /** Set with the request. */
    private volatile Path directory;

    /** When everything was sent, the status last, by the monotonic clock; 0 before. */
    private volatile long sentNanos;

    /** Runs the command; {@code null} before the request. Used by the thread that serves. */
    private Thread work;

    ControlConnection(SocketChannel channel, String caller, String name, ControlLimits limits) {
        this.channel = channel;
        this.caller = caller;
        this.name = name;
        this.limits = limits;
        this.outbox = new Outbox(channel);
        this.in = new SentInput(bytes -> outbox.number(Outbox.CREDIT, bytes));
        this.frames = new ClientFrames(channel);
        this.terminal = new LentTerminal(outbox);
        this.out = new Unbroken(outbox.stream(Outbox.OUTPUT));
        this.err = outbox.stream(Outbox.ERROR);
    }

    /** Standard output until the client says that nobody reads it. */
    private final class Unbroken extends OutputStream {
        private final OutputStream stream;

        Unbroken(OutputStream stream) {
            this.stream = stream;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (broken) {
                throw new IOException("nobody reads standard output");
            }
            stream.write(bytes, offset, length);
        }
    }

    /**
     * Serves the client until the connection has ended, on the thread that calls.
     *
     * @param command runs a request and returns its status
     */
    void serve(ToIntFunction<ControlRequest> command) {
        thread("write", this::send).start();
        try {
            read(command);
        } catch (IOException e) {
            LOG.debug("connection broken: {} cause={}", this, e.getMessage());
        }
        end();
        awaitEnd();
    }

    private void read(ToIntFunction<ControlRequest> command) throws IOException {
        Optional<ClientFrames.Frame> first = frames.next();
        if (first.isEmpty() || first.get().kind() != ClientFrames.REQUEST) {
            throw new IOException("no request");
        }
        ControlRequest request;
        try {
            request = ControlRequest.read(first.get().bytes());
        } catch (IOException e) {
            refuse(e.getMessage());
            throw e;
        }
        directory = request.directory();
        work = thread("run", () -> run(command, request));
        work.start();
        Optional<ClientFrames.Frame> next = frames.next();
        while (next.isPresent()) {
            take(next.get());
            next = frames.next();
        }
    }

    private void take(ClientFrames.Frame frame) throws IOException {
        switch (frame.kind()) {
            case ClientFrames.INPUT -> in.put(frame.bytes());
            case ClientFrames.SIZE -> terminal.sized(frame.bytes());
            case ClientFrames.BROKEN -> broken = true;
            case ClientFrames.CANCEL -> cancellation.cancel();
            default -> throw new IOException("second request");
        }
    }

    private void run(ToIntFunction<ControlRequest> command, ControlRequest request) {
        cancellation.begin();
        int status = FAILED;
        try {
            status = command.applyAsInt(request);
        } finally {
            cancellation.over();
            terminal.giveBack();
            outbox.number(Outbox.STATUS, status);
            outbox.finish();
        }
    }

    private void send() {
        try {
            outbox.run();
            sentNanos = System.nanoTime() | 1;
            channel.shutdownOutput();
        } catch (IOException e) {
            LOG.debug("client cannot be written to: {} cause={}", this, e.getMessage());
            close();
        }
    }

    /** Tells a client that is not served why, without waiting for it. */
    void refuse(String why) throws IOException {
        byte[] line = ("davit: " + why + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        ByteBuffer both = ByteBuffer.allocate(2 * (Integer.BYTES + 1) + line.length + 4);
        both.putInt(line.length).put((byte) Outbox.ERROR).put(line);
        both.putInt(Integer.BYTES).put((byte) Outbox.STATUS).putInt(FAILED);
        channel.write(both.flip());
    }

    private void end() {
        in.end();
        outbox.close();
        close();
        cancellation.cancel();
    }

    private void awaitEnd() {
        try {
            if (work != null) {
                work.join(limits.frame().toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Breaks the connection; the thread that reads then ends the command. */
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("cannot close: {}", this, e);
        }
    }

    /** Breaks the connection if the client is slower than the limits allow. */
    void closeIfStuck() {
        long now = System.nanoTime();
        boolean stuck =
                directory == null && now - beganNanos > limits.request().toNanos()
                        || frames.isInside(limits.frame().toNanos())
                        || !patient && outbox.isStuck(limits.frame().toNanos())
                        || sentNanos != 0 && now - sentNanos > limits.frame().toNanos();
        if (stuck) {
            LOG.debug("client is too slow: {}", this);
            close();
        }
    }

    private Thread thread(String what, Runnable work) {
        Thread thread = new Thread(work, name + "-" + what);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public String caller() {
        return caller;
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public OutputStream out() {
        return out;
    }

    @Override
    public OutputStream err() {
        return err;
    }

    @Override
    public Optional<ConsoleSize> lendTerminal() throws InterruptedException {
        return terminal.lend(TimeUnit.SECONDS.toMillis(limits.request().toSeconds()));
    }

    @Override
    public void returnTerminal() {
        terminal.giveBack();
    }

    @Override
    public void onResize(Consumer<ConsoleSize> listener) {
        terminal.onResize(listener);
    }

    @Override
    public void onCancel(Runnable how) {
        cancellation.onCancel(how);
    }

    @Override
    public void patient() {
        patient = true;
    }

    @Override
    public String toString() {
        return name + " caller=" + caller;
    }
}

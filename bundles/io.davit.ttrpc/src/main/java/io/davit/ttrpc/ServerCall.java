package io.davit.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;

import io.davit.ttrpc.wire.Response;
import io.davit.ttrpc.wire.Status;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A call that a server works on, as its handler and its connection see it. */
final class ServerCall<Q extends MessageLite, A extends MessageLite>
        implements ServerContext, StreamReader<Q>, StreamWriter<A>, Runnable {
    /** What is known of a call before its request is read. */
    record Head(int id, int size, Metadata metadata, long deadline, boolean moreRequests) {}

    private final ServerMethod<Q, A> method;
    private final ServerConnection connection;
    private final Head head;
    private final Inbox inbox;

    /** The first request; emptied when it is read. Used by one thread after the other. */
    private ByteString payload;

    /** Ends the call in time; {@code null} without a limit. */
    private volatile LoopThread.Timer timer;

    /** Guards the next three. */
    private final Object lock = new Object();

    private boolean cancelled;
    private Thread runner;
    private final List<Runnable> onCancel = new ArrayList<>();

    ServerCall(
            ServerMethod<Q, A> method, ServerConnection connection, Head head, ByteString payload) {
        this.method = method;
        this.connection = connection;
        this.head = head;
        this.payload = payload;
        this.inbox = new Inbox(connection, this::overflow);
    }

    int id() {
        return head.id();
    }

    int size() {
        return head.size();
    }

    boolean isStream() {
        return method.method().shape().streamsRequests();
    }

    void timedBy(LoopThread.Timer given) {
        timer = given;
    }

    /** Runs the handler, on whatever thread the server chose. */
    @Override
    @SuppressWarnings("checkstyle:IllegalCatch") // a handler may throw anything; it is answered
    public void run() {
        try {
            begin();
            try {
                method.handler().handle(this);
            } finally {
                finish();
            }
        } catch (Throwable e) {
            connection.finish(this, failure(Failures.of(e, isOver())));
        }
    }

    /** Reads the one request of a method that does not stream them. */
    Q request() throws TtrpcException {
        ByteString bytes = payload;
        payload = ByteString.EMPTY;
        return decode(bytes);
    }

    void answer(A answer) throws TtrpcException {
        if (answer == null) {
            throw new TtrpcException(StatusCode.UNKNOWN, "ttrpc: marshal called with nil");
        }
        Response response = Response.newBuilder().setPayload(answer.toByteString()).build();
        connection.finish(this, Frames.of(Frames.RESPONSE, 0, response));
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // runs for the handler, after it
    void answerLater(A answer, Throwable thrown) {
        try {
            if (thrown != null) {
                throw Failures.of(thrown, isOver());
            }
            answer(answer);
        } catch (TtrpcException | RuntimeException e) {
            connection.finish(this, failure(Failures.of(e, isOver())));
        }
    }

    /** Ends a stream of answers. */
    void end() {
        connection.finish(this, Frames.empty(Frames.DATA, Frames.REMOTE_CLOSED | Frames.NO_DATA));
    }

    @Override
    public Q receive() throws TtrpcException, InterruptedException {
        byte[] next = inbox.take(Outbound.FOREVER);
        return next == null ? null : decode(UnsafeByteOperations.unsafeWrap(next));
    }

    @Override
    public void send(A message) throws TtrpcException, InterruptedException {
        ByteBuffer frame = Frames.of(Frames.DATA, 0, message);
        if (isCancelled()) {
            throw new TtrpcException(StatusCode.CANCELLED, "nobody waits for the answers");
        }
        connection.send(this, frame);
    }

    /** Takes a data frame; on the loop's thread. */
    void data(byte flags, byte[] message) {
        boolean last = (flags & Frames.REMOTE_CLOSED) != 0;
        Inbox.Added added = (flags & Frames.NO_DATA) == 0 ? inbox.add(message) : Inbox.Added.KEPT;
        if (added == Inbox.Added.REFUSED) {
            overflow();
        } else if (last) {
            inbox.end();
        } else if (added == Inbox.Added.FULL) {
            connection.pauseFor(inbox);
        }
    }

    /** Takes what came with the request itself; on the loop's thread. */
    void openInbox() {
        if (!payload.isEmpty()) {
            data((byte) 0, payload.toByteArray());
            payload = ByteString.EMPTY;
        }
        if (!head.moreRequests()) {
            inbox.end();
        }
    }

    /** Tells the handler that nobody waits any more. */
    void cancel(TtrpcException why) {
        List<Runnable> tasks;
        synchronized (lock) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            tasks = List.copyOf(onCancel);
            if (runner != null) {
                runner.interrupt();
            }
        }
        inbox.fail(why);
        tasks.forEach(Runnable::run);
    }

    void stopTimer() {
        LoopThread.Timer current = timer;
        if (current != null) {
            current.cancel();
        }
    }

    @Override
    public PeerPolicy.Peer peer() {
        return connection.peer();
    }

    @Override
    public Object connection() {
        return connection.token();
    }

    @Override
    public Metadata metadata() {
        return head.metadata();
    }

    @Override
    public Optional<Duration> remaining() {
        if (head.deadline() == Outbound.FOREVER) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofNanos(Math.max(0, head.deadline() - System.nanoTime())));
    }

    @Override
    public boolean isCancelled() {
        synchronized (lock) {
            return cancelled;
        }
    }

    @Override
    public void onCancel(Runnable task) {
        synchronized (lock) {
            if (!cancelled) {
                onCancel.add(task);
                return;
            }
        }
        task.run();
    }

    /** The response of a failed call; its message is cut rather than refused. */
    static ByteBuffer failure(TtrpcException why) {
        Status.Builder status =
                Status.newBuilder()
                        .setCode(why.code().number())
                        .setMessage(why.getMessage())
                        .addAllDetails(why.details());
        try {
            return Frames.of(Frames.RESPONSE, 0, Response.newBuilder().setStatus(status).build());
        } catch (TtrpcException e) {
            return failure(e);
        }
    }

    private boolean isOver() {
        return remaining().map(Duration::isZero).orElse(false);
    }

    private Q decode(ByteString bytes) throws TtrpcException {
        try {
            return PendingCall.message(method.method().request(), bytes);
        } catch (TtrpcException e) {
            throw TtrpcException.local(
                    StatusCode.INTERNAL,
                    "ttrpc: error unmarshalling payload: " + e.getCause().getMessage(),
                    e);
        }
    }

    private void begin() throws InterruptedException {
        synchronized (lock) {
            if (cancelled) {
                throw new InterruptedException("cancelled before it began");
            }
            runner = method.onLoop() ? null : Thread.currentThread();
        }
    }

    /** After this nobody interrupts the thread, and it keeps no interrupt that was meant for us. */
    private void finish() {
        synchronized (lock) {
            if (runner != null && cancelled) {
                Thread.interrupted();
            }
            runner = null;
        }
    }

    /** Forgets requests that nobody will read. */
    void forgetRequests() {
        inbox.abandon(new TtrpcException(StatusCode.CANCELLED, "the call has ended"));
    }

    private void overflow() {
        connection.abort(
                this,
                new TtrpcException(
                        StatusCode.INVALID_ARGUMENT,
                        "data handling error: ttrpc: stream buffer full"));
    }
}

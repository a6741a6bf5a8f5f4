package io.davit.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** A streaming call of a client. */
final class StreamCall<Q extends MessageLite, A extends MessageLite> extends PendingCall
        implements ClientStream<Q, A> {
    private final ClientConnection connection;
    private final TtrpcMethod<Q, A> method;
    private final long deadline;
    private final Inbox inbox = new Inbox(Inbox.Budget.UNLIMITED, this::overflow);

    /** Whether this side said, or never could say, that no request follows. */
    private final AtomicBoolean requestsEnded;

    /** Whether the server ended the stream; sending then could crash servers before ttrpc 1.2.8. */
    private volatile boolean finished;

    StreamCall(ClientConnection connection, TtrpcMethod<Q, A> method, long deadline) {
        this.connection = connection;
        this.method = method;
        this.deadline = deadline;
        this.requestsEnded = new AtomicBoolean(!method.shape().streamsRequests());
    }

    @Override
    boolean isStream() {
        return true;
    }

    @Override
    void answered(byte[] response) {
        finished = true;
        try {
            ByteString payload = payload(response);
            if (!method.shape().streamsAnswers() || !payload.isEmpty()) {
                inbox.add(payload.toByteArray());
            }
            inbox.end();
        } catch (TtrpcException e) {
            inbox.fail(e);
        }
    }

    @Override
    void failed(TtrpcException why) {
        finished = true;
        inbox.fail(why);
    }

    /**
     * Takes a data frame.
     *
     * @return whether it was the last one
     */
    boolean data(byte flags, byte[] message) {
        boolean last = (flags & Frames.REMOTE_CLOSED) != 0;
        boolean full = (flags & Frames.NO_DATA) == 0 && inbox.add(message) == Inbox.Added.FULL;
        if (last) {
            finished = true;
            inbox.end();
        } else if (full) {
            connection.pauseFor(inbox);
        }
        return last;
    }

    @Override
    public A receive() throws TtrpcException, InterruptedException {
        byte[] next = inbox.take(deadline);
        return next == null
                ? null
                : message(method.answer(), UnsafeByteOperations.unsafeWrap(next));
    }

    @Override
    public void send(Q message) throws TtrpcException, InterruptedException {
        ByteBuffer frame = Frames.of(Frames.DATA, 0, message);
        if (requestsEnded.get() || finished) {
            throw new TtrpcException(
                    StatusCode.FAILED_PRECONDITION, "ttrpc: stream closed: method=" + method);
        }
        connection.out.send(frame, this::id, deadline);
    }

    @Override
    public void endRequests() throws TtrpcException, InterruptedException {
        if (!finished && requestsEnded.compareAndSet(false, true)) {
            connection.out.send(endFrame(), this::id, deadline);
        }
    }

    @Override
    public void close() {
        if (!connection.forget(this)) {
            return;
        }
        inbox.abandon(
                new TtrpcException(StatusCode.CANCELLED, "the stream was given up: " + method));
        if (requestsEnded.compareAndSet(false, true)) {
            connection.sendIfOpen(endFrame(), id());
        }
    }

    private void overflow() {
        if (connection.forget(this)) {
            inbox.fail(
                    new TtrpcException(StatusCode.RESOURCE_EXHAUSTED, "ttrpc: stream buffer full"));
        }
    }

    private static ByteBuffer endFrame() {
        return Frames.empty(Frames.DATA, Frames.REMOTE_CLOSED | Frames.NO_DATA);
    }
}

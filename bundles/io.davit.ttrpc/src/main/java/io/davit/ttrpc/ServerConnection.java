package io.davit.ttrpc;

import com.google.protobuf.InvalidProtocolBufferException;

import io.davit.ttrpc.wire.KeyValue;
import io.davit.ttrpc.wire.Request;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The server's end of a connection: reads requests, runs handlers, sends answers. */
final class ServerConnection extends Connection implements Inbox.Budget {
    /** How long an answer may wait for a peer that does not read. */
    private static final long WRITE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final TtrpcServer server;
    private final PeerPolicy.Peer peer;
    private final Map<Integer, ServerCall<?, ?>> calls = new ConcurrentHashMap<>();

    /** Stands for this connection before handlers. */
    private final Object token = new Object();

    /** Bytes of requests that are being worked on or wait in inboxes. */
    private final AtomicLong held = new AtomicLong();

    /** The highest id so far, unsigned; used by the loop's thread alone. */
    private int lastId;

    ServerConnection(
            SocketChannel channel, LoopThread loop, TtrpcServer server, PeerPolicy.Peer peer) {
        super(channel, loop);
        this.server = server;
        this.peer = peer;
    }

    PeerPolicy.Peer peer() {
        return peer;
    }

    Object token() {
        return token;
    }

    boolean isIdle() {
        return calls.isEmpty() && out.isEmpty();
    }

    @Override
    public boolean reserve(long bytes) {
        if (held.addAndGet(bytes) <= server.limits().bytes()) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    @Override
    public void release(long bytes) {
        held.addAndGet(-bytes);
    }

    /** Sends the last frame of a call, unless the call ended otherwise before. */
    void finish(ServerCall<?, ?> call, ByteBuffer frame) {
        if (calls.remove(call.id(), call)) {
            end(call, frame);
        }
    }

    /** Ends a call with an error, and its handler with it. */
    void abort(ServerCall<?, ?> call, TtrpcException why) {
        boolean ours = calls.remove(call.id(), call); // first, so that the handler has no say
        call.cancel(why);
        if (ours) {
            end(call, ServerCall.failure(why));
        }
    }

    private void end(ServerCall<?, ?> call, ByteBuffer frame) {
        forget(call);
        try {
            if (loop.isCurrent()) {
                out.sendNow(frame, call::id);
            } else {
                out.sendUninterruptibly(frame, call::id, System.nanoTime() + WRITE_NANOS);
            }
        } catch (TtrpcException e) {
            closeIfStuck(e);
        }
    }

    /** Sends one of many answers. */
    void send(ServerCall<?, ?> call, ByteBuffer frame) throws TtrpcException, InterruptedException {
        try {
            out.send(frame, call::id, System.nanoTime() + WRITE_NANOS);
        } catch (TtrpcException e) {
            closeIfStuck(e);
            throw e;
        }
    }

    private void closeIfStuck(TtrpcException e) {
        if (e.origin() == TtrpcException.Origin.DEADLINE) {
            close(TtrpcException.closed("ttrpc: closed: peer does not read", e));
        }
    }

    private void forget(ServerCall<?, ?> call) {
        call.stopTimer();
        call.forgetRequests();
        release(call.size());
    }

    @Override
    public void frame(int id, byte type, byte flags, byte[] data) throws TtrpcException {
        if (type == Frames.REQUEST) {
            request(id, flags, data);
        } else if (type == Frames.DATA) {
            data(id, flags, data);
        } else {
            throw TtrpcException.protocol("client sent a frame of type " + type + ": stream=" + id);
        }
        if (out.isOverHighWater()) {
            pause(out);
        }
    }

    @Override
    public void oversized(int id, byte type, long length) throws TtrpcException {
        TtrpcException why =
                new TtrpcException(StatusCode.RESOURCE_EXHAUSTED, Frames.tooLarge(length));
        ServerCall<?, ?> running = calls.get(id);
        if (running != null) {
            abort(running, why);
        } else {
            refuse(id, why);
        }
    }

    private void request(int id, byte flags, byte[] data) throws TtrpcException {
        if ((id & 1) == 0) {
            refuse(id, invalid("StreamID must be odd for client initiated streams"));
        } else if (Integer.compareUnsigned(id, lastId) <= 0) {
            refuse(id, invalid("StreamID cannot be re-used and must increment"));
        } else {
            lastId = id;
            try {
                open(id, flags, Request.parseFrom(data), data.length);
            } catch (InvalidProtocolBufferException e) {
                refuse(id, invalid("unmarshal request error: " + e.getMessage()));
            } catch (TtrpcException e) {
                refuse(id, e);
            }
        }
    }

    private void open(int id, byte flags, Request request, int size) throws TtrpcException {
        ServerMethod<?, ?> method = server.find(request.getService(), request.getMethod());
        if (server.isClosing()) {
            throw new TtrpcException(StatusCode.UNAVAILABLE, "server is shutting down");
        }
        if (calls.size() >= server.limits().calls() || !reserve(size)) {
            throw new TtrpcException(
                    StatusCode.RESOURCE_EXHAUSTED, "too many calls on this connection");
        }
        long timeout = request.getTimeoutNano();
        ServerCall.Head head =
                new ServerCall.Head(
                        id,
                        size,
                        metadata(request),
                        timeout == 0 ? Outbound.FOREVER : System.nanoTime() + timeout,
                        (flags & Frames.REMOTE_OPEN) != 0);
        ServerCall<?, ?> call = method.call(this, head, request.getPayload());
        calls.put(id, call);
        if (timeout != 0) {
            call.timedBy(loop.schedule(head.deadline(), () -> expire(call)));
        }
        if (call.isStream()) {
            call.openInbox();
        }
        run(call, method.onLoop());
    }

    private void run(ServerCall<?, ?> call, boolean onLoop) {
        if (onLoop) {
            call.run();
            return;
        }
        try {
            server.executor().execute(call);
        } catch (RejectedExecutionException e) {
            abort(
                    call,
                    new TtrpcException(StatusCode.RESOURCE_EXHAUSTED, "no thread for the call"));
        }
    }

    /** The handler decides what its caller is told; a caller whose time is over does not listen. */
    private void expire(ServerCall<?, ?> call) {
        call.cancel(new TtrpcException(StatusCode.DEADLINE_EXCEEDED, "context deadline exceeded"));
    }

    private void data(int id, byte flags, byte[] data) throws TtrpcException {
        ServerCall<?, ?> call = calls.get(id);
        if (call == null) {
            refuse(id, invalid("StreamID is no longer active"));
        } else if (call.isStream()) {
            call.data(flags, data);
        } else {
            abort(call, invalid("data on a stream that takes none"));
        }
    }

    private void refuse(int id, TtrpcException why) throws TtrpcException {
        out.sendNow(ServerCall.failure(why), () -> id);
    }

    private static TtrpcException invalid(String message) {
        return new TtrpcException(StatusCode.INVALID_ARGUMENT, message);
    }

    private static Metadata metadata(Request request) {
        if (request.getMetadataCount() == 0) {
            return Metadata.NONE;
        }
        List<Metadata.Entry> entries = new ArrayList<>();
        for (KeyValue pair : request.getMetadataList()) {
            entries.add(new Metadata.Entry(pair.getKey(), pair.getValue()));
        }
        return Metadata.of(entries);
    }

    @Override
    void endCalls(TtrpcException why) {
        for (ServerCall<?, ?> call : calls.values()) {
            if (calls.remove(call.id(), call)) {
                call.cancel(why);
                forget(call);
            }
        }
        server.ended(this);
    }
}

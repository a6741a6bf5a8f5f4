package io.davit.ttrpc;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** The client's end of a connection: numbers calls and finds them again. */
final class ClientConnection extends Connection {
    private final Map<Integer, PendingCall> calls = new ConcurrentHashMap<>();
    private final LongAdder dropped = new LongAdder();
    private final Consumer<TtrpcException> onClose;

    /** The next id; written under the lock of the outbound queue, wraps to a negative number. */
    private volatile int nextId = 1;

    /** Whether a stream was ever opened, so that late data is possible. */
    private volatile boolean streamed;

    ClientConnection(SocketChannel channel, LoopThread loop, Consumer<TtrpcException> onClose) {
        super(channel, loop);
        this.onClose = onClose;
    }

    /** Sends the request of a call. */
    void start(PendingCall call, ByteBuffer request, long deadline)
            throws TtrpcException, InterruptedException {
        streamed |= call.isStream();
        out.send(request, () -> number(call), deadline);
        TtrpcException why = ended();
        if (why != null && calls.remove(call.id(), call)) {
            throw why.again();
        }
    }

    /** Gives a call up; its answer will be dropped. Returns whether it was still waiting. */
    boolean forget(PendingCall call) {
        return calls.remove(call.id(), call);
    }

    /** Sends a frame if the peer takes it at once or soon; otherwise nobody misses it. */
    void sendIfOpen(ByteBuffer frame, int id) {
        try {
            if (!out.isOverHighWater()) {
                out.sendNow(frame, () -> id);
            }
        } catch (TtrpcException ignored) {
            // the connection ended, and with it the stream
        }
    }

    long dropped() {
        return dropped.sum();
    }

    private int number(PendingCall call) throws TtrpcException {
        int id = nextId;
        if (id < 0) {
            throw new TtrpcException(
                    StatusCode.RESOURCE_EXHAUSTED, "the ids of this connection are used up");
        }
        nextId = id + 2;
        call.numbered(id);
        calls.put(id, call);
        return id;
    }

    @Override
    public void frame(int id, byte type, byte flags, byte[] data) throws TtrpcException {
        if (type == Frames.RESPONSE) {
            PendingCall call = calls.remove(id);
            if (call == null) {
                drop(id, "answer");
            } else {
                call.answered(data);
            }
        } else if (type == Frames.DATA) {
            data(id, flags, data);
        } else {
            throw TtrpcException.protocol("server sent a frame of type " + type + ": stream=" + id);
        }
    }

    @Override
    public void oversized(int id, byte type, long length) throws TtrpcException {
        PendingCall call = calls.remove(id);
        if (call == null) {
            drop(id, "frame");
        } else {
            call.failed(new TtrpcException(StatusCode.RESOURCE_EXHAUSTED, Frames.tooLarge(length)));
        }
    }

    private void data(int id, byte flags, byte[] data) throws TtrpcException {
        PendingCall call = calls.get(id);
        if (call instanceof StreamCall<?, ?> stream) {
            if (stream.data(flags, data)) {
                calls.remove(id, call);
            }
        } else if (call == null && streamed) {
            drop(id, "data");
        } else {
            throw TtrpcException.protocol("server sent data on a unary call: stream=" + id);
        }
    }

    /** Late frames are normal, because a caller that gave up tells nobody. */
    private void drop(int id, String what) throws TtrpcException {
        boolean issued = (id & 1) == 1 && Integer.compareUnsigned(id, nextId) < 0;
        if (!issued) {
            throw TtrpcException.protocol(
                    what + " for a stream that was never opened: stream=" + id);
        }
        dropped.increment();
    }

    @Override
    void endCalls(TtrpcException why) {
        for (Map.Entry<Integer, PendingCall> entry : calls.entrySet()) {
            if (calls.remove(entry.getKey(), entry.getValue())) {
                entry.getValue().failed(why);
            }
        }
        loop.execute(() -> onClose.accept(why));
    }
}

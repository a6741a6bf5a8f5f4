package io.davit.ttrpc;

import com.google.protobuf.MessageLite;

import io.davit.ttrpc.wire.KeyValue;
import io.davit.ttrpc.wire.Request;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One connection to a server, for any number of calls at once.
 *
 * <p>Lives until it is closed, the server closes it, or the server breaks the protocol; then every
 * call fails and the client stays unusable: connect another one. ttrpc has no cancel frame: a call
 * that is given up may still be carried out, and its answer is dropped.
 *
 * <p><b>Threads.</b> Safe for use by many threads. A request is written by its caller, an answer
 * handed over by the loop's thread.
 *
 * @since 1.0
 */
public final class TtrpcClient implements AutoCloseable {
    private final ClientConnection connection;

    /** Closed with this client; {@code null} if the loop is the caller's. */
    private final TtrpcLoop own;

    private TtrpcClient(ClientConnection connection, TtrpcLoop own) {
        this.connection = connection;
        this.own = own;
    }

    /**
     * Connects to a socket with default settings: a server of the same user, 10 seconds to connect.
     *
     * @param socket the path of the socket
     * @return the client; never {@code null}
     * @throws IOException if there is no such socket, nobody listens, or it is somebody else
     */
    public static TtrpcClient connect(Path socket) throws IOException {
        return builder().connect(socket);
    }

    /**
     * Begins a client.
     *
     * @return a builder; never {@code null}
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the settings of a client. Confined to one thread. */
    public static final class Builder {
        private TtrpcLoop loop;
        private PeerPolicy peers;
        private Duration connectWithin = Duration.ofSeconds(10);
        private Consumer<TtrpcException> onClose = why -> {};

        private Builder() {}

        /**
         * Sets the loop that carries the connection; it stays the caller's to close.
         *
         * @param given the loop
         * @return this
         */
        public Builder loop(TtrpcLoop given) {
            loop = given;
            return this;
        }

        /**
         * Sets whom to talk to; the same user by default.
         *
         * @param policy the policy
         * @return this
         */
        public Builder peers(PeerPolicy policy) {
            peers = policy;
            return this;
        }

        /**
         * Sets how long connecting may last.
         *
         * @param limit a positive time
         * @return this
         */
        public Builder connectWithin(Duration limit) {
            connectWithin = limit;
            return this;
        }

        /**
         * Sets who is told, once, that the connection ended and why; after every call failed, on
         * the loop's thread, which must not be blocked. Not told if the loop itself was closed
         * before.
         *
         * @param listener the listener
         * @return this
         */
        public Builder onClose(Consumer<TtrpcException> listener) {
            onClose = listener;
            return this;
        }

        /**
         * Connects.
         *
         * @param socket the path of the socket
         * @return the client; never {@code null}
         * @throws IOException {@link java.nio.file.NoSuchFileException} if there is no such socket;
         *     {@link java.net.ConnectException} if nobody listens; {@link
         *     java.net.SocketTimeoutException} if nobody accepts; another if the policy refuses
         */
        public TtrpcClient connect(Path socket) throws IOException {
            TtrpcLoop own = loop == null ? TtrpcLoop.start("davit-ttrpc-client", 1) : null;
            try {
                LoopThread thread = (own == null ? loop : own).next();
                SocketChannel channel = Connecting.to(socket, connectWithin, thread);
                return new TtrpcClient(open(channel, thread, socket), own);
            } catch (IOException e) {
                if (own != null) {
                    own.close();
                }
                throw e;
            }
        }

        private ClientConnection open(SocketChannel channel, LoopThread thread, Path socket)
                throws IOException {
            try {
                PeerPolicy.Peer peer = PeerCredentials.of(channel);
                if (!(peers == null ? PeerPolicy.sameUser() : peers).accepts(peer)) {
                    throw new IOException(
                            "server is not whom it should be: socket=" + socket + " peer=" + peer);
                }
                ClientConnection connection = new ClientConnection(channel, thread, onClose);
                connection.open();
                return connection;
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }
    }

    /**
     * Makes a unary call and waits for its answer.
     *
     * @param method the method
     * @param request the request
     * @param options time limit and metadata
     * @param <Q> the type of the request
     * @param <A> the type of the answer
     * @return the answer; never {@code null}
     * @throws TtrpcException as its origin says
     * @throws InterruptedException if the thread was interrupted; the answer will be dropped
     */
    public <Q extends MessageLite, A extends MessageLite> A call(
            TtrpcMethod<Q, A> method, Q request, CallOptions options)
            throws TtrpcException, InterruptedException {
        requireShape(method, true);
        long deadline = deadline(options);
        BlockingCall<A> call = new BlockingCall<>(method);
        try {
            connection.start(call, frame(method, request, options, 0), deadline);
            return call.await(deadline);
        } finally {
            connection.forget(call);
        }
    }

    /**
     * Makes a unary call and returns at once, unless the server does not read.
     *
     * <p>The future is completed by the loop's thread: what depends on it must not block, or run
     * elsewhere. Cancelling it gives the call up.
     *
     * @param method the method
     * @param request the request
     * @param options time limit and metadata
     * @param <Q> the type of the request
     * @param <A> the type of the answer
     * @return the answer to come; fails with {@link TtrpcException}; never {@code null}
     */
    public <Q extends MessageLite, A extends MessageLite> CompletableFuture<A> callAsync(
            TtrpcMethod<Q, A> method, Q request, CallOptions options) {
        requireShape(method, true);
        long deadline = deadline(options);
        FutureCall<A> call = new FutureCall<>(method, connection::forget);
        try {
            connection.start(call, frame(method, request, options, 0), deadline);
            if (deadline != Outbound.FOREVER) {
                call.timedBy(connection.loop.schedule(deadline, () -> giveUp(call, method)));
            }
        } catch (TtrpcException e) {
            call.failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            call.failed(TtrpcException.local(StatusCode.CANCELLED, "interrupted", e));
        }
        return call.future();
    }

    /**
     * Opens a stream of a method that takes one request.
     *
     * @param method a method that streams its answers only
     * @param request the request
     * @param options time limit of the whole stream, and metadata
     * @param <Q> the type of the request
     * @param <A> the type of the answers
     * @return the stream; never {@code null}
     * @throws TtrpcException as its origin says
     * @throws InterruptedException if the thread was interrupted
     */
    public <Q extends MessageLite, A extends MessageLite> ClientStream<Q, A> open(
            TtrpcMethod<Q, A> method, Q request, CallOptions options)
            throws TtrpcException, InterruptedException {
        requireShape(method, false);
        boolean more = method.shape().streamsRequests();
        if (more && request.getSerializedSize() > 0) {
            throw new IllegalArgumentException("send the requests of " + method + " one by one");
        }
        long deadline = deadline(options);
        int flags = more ? Frames.REMOTE_OPEN : Frames.REMOTE_CLOSED;
        StreamCall<Q, A> call = new StreamCall<>(connection, method, deadline);
        connection.start(call, frame(method, request, options, flags), deadline);
        return call;
    }

    /**
     * Opens a stream of a method that takes any number of requests.
     *
     * @param method a method that streams its requests
     * @param options time limit of the whole stream, and metadata
     * @param <Q> the type of the requests
     * @param <A> the type of the answers
     * @return the stream; never {@code null}
     * @throws TtrpcException as its origin says
     * @throws InterruptedException if the thread was interrupted
     */
    public <Q extends MessageLite, A extends MessageLite> ClientStream<Q, A> open(
            TtrpcMethod<Q, A> method, CallOptions options)
            throws TtrpcException, InterruptedException {
        return open(method, method.request(), options);
    }

    /**
     * Says whether calls can be made.
     *
     * @return {@code false} once the connection ended
     */
    public boolean isOpen() {
        return connection.isOpen();
    }

    /**
     * Counts the answers that came after their caller had given up, and repeated answers.
     *
     * @return a number that only grows
     */
    public long droppedAnswers() {
        return connection.dropped();
    }

    /** Closes the connection; calls in flight fail. Can be repeated. */
    @Override
    public void close() {
        connection.close(TtrpcException.closed("ttrpc: closed", null));
        if (own != null) {
            own.close();
        }
    }

    private void giveUp(PendingCall call, TtrpcMethod<?, ?> method) {
        if (connection.forget(call)) {
            call.failed(TtrpcException.deadline("no answer in time: method=" + method));
        }
    }

    private static void requireShape(TtrpcMethod<?, ?> method, boolean unary) {
        if ((method.shape() == TtrpcMethod.Shape.UNARY) != unary) {
            throw new IllegalArgumentException(
                    "method is " + method.shape() + ": method=" + method);
        }
    }

    private static long deadline(CallOptions options) {
        Optional<Duration> within = options.within();
        return within.isPresent() ? System.nanoTime() + within.get().toNanos() : Outbound.FOREVER;
    }

    private static ByteBuffer frame(
            TtrpcMethod<?, ?> method, MessageLite message, CallOptions options, int flags)
            throws TtrpcException {
        Request.Builder request =
                Request.newBuilder()
                        .setService(method.service())
                        .setMethod(method.name())
                        .setPayload(message.toByteString());
        options.within().ifPresent(limit -> request.setTimeoutNano(limit.toNanos()));
        for (Metadata.Entry entry : options.metadata().entries()) {
            request.addMetadata(KeyValue.newBuilder().setKey(entry.key()).setValue(entry.value()));
        }
        return Frames.of(Frames.REQUEST, flags, request.build());
    }
}

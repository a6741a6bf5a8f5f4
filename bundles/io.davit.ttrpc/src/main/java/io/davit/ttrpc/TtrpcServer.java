package io.davit.ttrpc;

import com.google.protobuf.MessageLite;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Offers methods at a Unix domain socket.
 *
 * <p>A client that breaks the protocol loses its connection and nothing else. What a connection may
 * hold in memory is limited; beyond that its calls are answered {@code RESOURCE_EXHAUSTED}.
 *
 * <p><b>Threads.</b> Safe for use by many threads. Handlers run on the executor, {@link
 * AsyncHandler}s on the loop's thread.
 *
 * @since 1.0
 */
public final class TtrpcServer implements AutoCloseable {
    private static final int MOST_THREADS = 4096;

    /**
     * What clients may take.
     *
     * @param connections the most connections at once; further ones are closed
     * @param calls the most calls at once on one connection
     * @param bytes the most bytes of unanswered requests on one connection
     */
    public record Limits(int connections, int calls, long bytes) {
        /** 4,096 connections; on each 1,024 calls and 32 MiB. */
        public static final Limits DEFAULT = new Limits(4096, 1024, 32L << 20);
    }

    private final Map<String, Map<String, ServerMethod<?, ?>>> services;
    private final Limits limits;
    private final PeerPolicy peers;
    private final Executor executor;

    /** Shut down with this server; {@code null} if the executor is the caller's. */
    private final ExecutorService ownExecutor;

    private final TtrpcLoop loop;
    private final boolean ownLoop;
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private final LongAdder refused = new LongAdder();
    private final Listener listener;
    private volatile boolean closing;

    private TtrpcServer(Builder settings, Path socket) throws IOException {
        this.services = settings.services;
        this.limits = settings.limits;
        this.peers = settings.peers == null ? PeerPolicy.sameUser() : settings.peers;
        this.ownExecutor = settings.executor == null ? handlerThreads() : null;
        this.executor = settings.executor == null ? ownExecutor : settings.executor;
        this.ownLoop = settings.loop == null;
        this.loop = ownLoop ? TtrpcLoop.start("davit-ttrpc-server", 1) : settings.loop;
        this.listener = listen(socket);
    }

    /**
     * Begins a server.
     *
     * @return a builder; never {@code null}
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the methods and settings of a server. Confined to one thread. */
    public static final class Builder {
        private final Map<String, Map<String, ServerMethod<?, ?>>> services = new HashMap<>();
        private Limits limits = Limits.DEFAULT;
        private PeerPolicy peers;
        private Executor executor;
        private TtrpcLoop loop;

        private Builder() {}

        /**
         * Offers a unary method.
         *
         * @param method the method
         * @param handler answers it, on a thread of the executor
         * @param <Q> the type of the request
         * @param <A> the type of the answer
         * @return this
         */
        public <Q extends MessageLite, A extends MessageLite> Builder unary(
                TtrpcMethod<Q, A> method, UnaryHandler<Q, A> handler) {
            return add(ServerMethod.unary(method, handler));
        }

        /**
         * Offers a unary method.
         *
         * @param method the method
         * @param handler answers it later, on the loop's thread
         * @param <Q> the type of the request
         * @param <A> the type of the answer
         * @return this
         */
        public <Q extends MessageLite, A extends MessageLite> Builder async(
                TtrpcMethod<Q, A> method, AsyncHandler<Q, A> handler) {
            return add(ServerMethod.async(method, handler));
        }

        /**
         * Offers a method that streams its answers.
         *
         * @param method the method
         * @param handler answers it, on a thread of the executor
         * @param <Q> the type of the request
         * @param <A> the type of the answers
         * @return this
         */
        public <Q extends MessageLite, A extends MessageLite> Builder serverStream(
                TtrpcMethod<Q, A> method, ServerStreamHandler<Q, A> handler) {
            return add(ServerMethod.serverStream(method, handler));
        }

        /**
         * Offers a method that streams its requests.
         *
         * @param method the method
         * @param handler answers it, on a thread of the executor
         * @param <Q> the type of the requests
         * @param <A> the type of the answer
         * @return this
         */
        public <Q extends MessageLite, A extends MessageLite> Builder clientStream(
                TtrpcMethod<Q, A> method, ClientStreamHandler<Q, A> handler) {
            return add(ServerMethod.clientStream(method, handler));
        }

        /**
         * Offers a method that streams both ways.
         *
         * @param method the method
         * @param handler answers it, on a thread of the executor
         * @param <Q> the type of the requests
         * @param <A> the type of the answers
         * @return this
         */
        public <Q extends MessageLite, A extends MessageLite> Builder bidirectional(
                TtrpcMethod<Q, A> method, BidirectionalHandler<Q, A> handler) {
            return add(ServerMethod.bidirectional(method, handler));
        }

        /**
         * Sets what clients may take.
         *
         * @param given the limits
         * @return this
         */
        public Builder limits(Limits given) {
            limits = given;
            return this;
        }

        /**
         * Sets who may connect; the same user by default.
         *
         * @param policy the policy
         * @return this
         */
        public Builder peers(PeerPolicy policy) {
            peers = policy;
            return this;
        }

        /**
         * Sets where handlers run; it stays the caller's to shut down. Daemon threads as needed by
         * default.
         *
         * @param given the executor
         * @return this
         */
        public Builder executor(Executor given) {
            executor = given;
            return this;
        }

        /**
         * Sets the loop that carries the connections; it stays the caller's to close.
         *
         * @param given the loop
         * @return this
         */
        public Builder loop(TtrpcLoop given) {
            loop = given;
            return this;
        }

        /**
         * Begins to listen. A socket that nobody listens at any more is replaced. The socket is
         * made with mode 0600, but only a directory that is closed to others keeps them out from
         * the first moment.
         *
         * @param socket the path of the socket
         * @return the server; never {@code null}
         * @throws IOException if it cannot be made, or somebody listens there
         */
        public TtrpcServer listen(Path socket) throws IOException {
            TtrpcServer server = new TtrpcServer(this, socket);
            server.listener.open();
            return server;
        }

        private Builder add(ServerMethod<?, ?> method) {
            String service = method.method().service();
            ServerMethod<?, ?> before =
                    services.computeIfAbsent(service, s -> new HashMap<>())
                            .put(method.method().name(), method);
            if (before != null) {
                throw new IllegalArgumentException("method is offered twice: " + method.method());
            }
            return this;
        }
    }

    /**
     * Counts the live connections.
     *
     * @return how many there are
     */
    public int connections() {
        return connections.size();
    }

    /**
     * Counts the connections that were closed at once, for who they were or for their number.
     *
     * @return a number that only grows
     */
    public long refusedConnections() {
        return refused.sum();
    }

    /**
     * Stops listening, lets running calls finish, then closes.
     *
     * @param within the longest time to wait for them
     * @return whether all finished
     * @throws InterruptedException if the thread was interrupted; everything is closed then too
     */
    public boolean shutdown(Duration within) throws InterruptedException {
        closing = true;
        listener.close();
        long deadline = System.nanoTime() + within.toNanos();
        try {
            while (!closeIdle() && deadline - System.nanoTime() > 0) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted: shutdown");
                }
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(5));
            }
            return closeIdle();
        } finally {
            close();
        }
    }

    /** Stops listening, closes every connection and removes the socket. Can be repeated. */
    @Override
    public void close() {
        closing = true;
        listener.close();
        for (ServerConnection connection : connections) {
            connection.close(TtrpcException.closed("ttrpc: closed", null));
        }
        if (ownExecutor != null) {
            ownExecutor.shutdownNow();
        }
        if (ownLoop) {
            loop.close();
        }
    }

    Limits limits() {
        return limits;
    }

    Executor executor() {
        return executor;
    }

    boolean isClosing() {
        return closing;
    }

    ServerMethod<?, ?> find(String service, String method) throws TtrpcException {
        Map<String, ServerMethod<?, ?>> methods = services.get(service);
        if (methods == null) {
            throw new TtrpcException(StatusCode.UNIMPLEMENTED, "service " + service);
        }
        ServerMethod<?, ?> found = methods.get(method);
        if (found == null) {
            throw new TtrpcException(StatusCode.UNIMPLEMENTED, "method " + method);
        }
        return found;
    }

    /** Takes a new connection; on the listener's thread. */
    void accept(SocketChannel channel) throws IOException {
        PeerPolicy.Peer peer = PeerCredentials.of(channel);
        if (closing || connections.size() >= limits.connections() || !peers.accepts(peer)) {
            refused.increment();
            channel.close();
            return;
        }
        ServerConnection connection = new ServerConnection(channel, loop.next(), this, peer);
        connections.add(connection);
        connection.open();
        if (closing) {
            connection.close(TtrpcException.closed("ttrpc: closed", null));
        }
    }

    void ended(ServerConnection connection) {
        connections.remove(connection);
    }

    private boolean closeIdle() {
        for (ServerConnection connection : connections) {
            if (connection.isIdle()) {
                connection.close(TtrpcException.closed("ttrpc: closed", null));
            }
        }
        return connections.isEmpty();
    }

    private Listener listen(Path socket) throws IOException {
        try {
            return new Listener(socket, loop.next(), this);
        } catch (IOException e) {
            if (ownExecutor != null) {
                ownExecutor.shutdownNow();
            }
            if (ownLoop) {
                loop.close();
            }
            throw e;
        }
    }

    private static ExecutorService handlerThreads() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(
                0,
                MOST_THREADS,
                30,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> {
                    Thread thread =
                            new Thread(task, "davit-ttrpc-handler-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }
}

package io.davit.shell;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Accepts connections at a socket that somebody else opened, and leaves it open: clients that
 * connect while this is being replaced wait for the successor.
 */
final class ControlServer {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final long LOOK_MILLIS = 1000;
    private static final long AGAIN_MILLIS = 200;

    private final ServerSocketChannel socket;
    private final ControlPeers peers;
    private final ControlLimits limits;
    private final Commands commands;
    private final CredentialsReader credentials;
    private final Set<ControlConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong count = new AtomicLong();
    private final Selector selector;
    private final Thread acceptor = new Thread(this::accept, "davit-control");

    /** Runs commands, and keeps the record of clients that may not give any. */
    interface Commands {
        int run(ControlRequest request, Session session);

        void refused(String caller, String why);
    }

    /** Says who is at the other end. */
    interface CredentialsReader {
        Credentials of(SocketChannel channel) throws IOException;
    }

    ControlServer(
            ServerSocketChannel socket,
            ControlPeers peers,
            ControlLimits limits,
            Commands commands,
            CredentialsReader credentials)
            throws IOException {
        this.socket = socket;
        this.peers = peers;
        this.limits = limits;
        this.commands = commands;
        this.credentials = credentials;
        this.selector = Selector.open();
        socket.configureBlocking(false);
        socket.register(selector, SelectionKey.OP_ACCEPT);
        acceptor.setDaemon(true);
    }

    void start() {
        acceptor.start();
    }

    /** Ends all commands and connections, bounded, and leaves the socket open. */
    void stop(long millis) throws IOException {
        selector.close();
        connections.forEach(ControlConnection::close);
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            acceptor.join(millis);
            synchronized (connections) {
                long left = endNanos - System.nanoTime();
                while (!connections.isEmpty() && left > 0) {
                    TimeUnit.NANOSECONDS.timedWait(connections, left);
                    left = endNanos - System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        try {
            while (selector.isOpen()) {
                selector.select(LOOK_MILLIS);
                selector.selectedKeys().clear();
                acceptWaiting();
                connections.forEach(ControlConnection::closeIfStuck);
            }
        } catch (ClosedSelectorException e) {
            LOG.debug("control socket is left to a successor");
        } catch (IOException e) {
            LOG.error("control socket is dead: {}", socket, e);
        }
    }

    private void acceptWaiting() throws IOException {
        try {
            SocketChannel channel = socket.accept();
            while (channel != null) {
                admit(channel);
                channel = socket.accept();
            }
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            // Usually there is no descriptor left; who waits is served when there is one.
            LOG.warn("connection is not accepted yet: cause={}", e.getMessage());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(AGAIN_MILLIS));
        }
    }

    /** Serves a client that may give commands and for whom there is room. */
    private void admit(SocketChannel channel) {
        String caller = "unknown";
        String why;
        try {
            Credentials peer = credentials.of(channel);
            caller = peer.toString();
            if (!peers.mayCommand(peer)) {
                why = "not allowed here: user=" + peer;
            } else if (connections.size() >= limits.connections()) {
                why = "too many connections: most=" + limits.connections();
            } else {
                serve(channel, caller);
                return;
            }
        } catch (IOException e) {
            why = "cannot be told who it is: " + e.getMessage();
        }
        commands.refused(caller, why);
        refuse(channel, caller, why);
    }

    /** What is said fits into the socket, so that this does not wait. */
    private void refuse(SocketChannel channel, String caller, String why) {
        ControlConnection connection =
                new ControlConnection(channel, caller, "davit-control-refused", limits);
        try {
            channel.configureBlocking(false);
            connection.refuse(why);
        } catch (IOException e) {
            LOG.debug("refused client has gone: caller={}", caller, e);
        }
        connection.close();
    }

    private void serve(SocketChannel channel, String caller) {
        String name = "davit-control-" + count.incrementAndGet();
        ControlConnection connection = new ControlConnection(channel, caller, name, limits);
        connections.add(connection);
        Thread thread = new Thread(() -> serve(connection), name);
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(ControlConnection connection) {
        try {
            connection.serve(request -> commands.run(request, connection));
        } finally {
            connections.remove(connection);
            synchronized (connections) {
                connections.notifyAll();
            }
        }
    }
}

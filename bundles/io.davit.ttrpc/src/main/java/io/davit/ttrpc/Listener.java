package io.davit.ttrpc;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/** The socket a server listens at. */
final class Listener implements LoopThread.Selectable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final long LONGEST_BACK_OFF = TimeUnit.SECONDS.toNanos(1);

    private final Path socket;
    private final LoopThread loop;
    private final TtrpcServer server;
    private final ServerSocketChannel channel;

    /** Tells our socket from one that somebody put in its place. */
    private final Object fileKey;

    /** How long to wait after the last failure; used by the loop's thread alone. */
    private long backOff = TimeUnit.MILLISECONDS.toNanos(1);

    Listener(Path socket, LoopThread loop, TtrpcServer server) throws IOException {
        this.socket = socket;
        this.loop = loop;
        this.server = server;
        this.channel = bind(socket);
        try {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            this.fileKey = Files.readAttributes(socket, BasicFileAttributes.class).fileKey();
            channel.configureBlocking(false);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    void open() throws IOException {
        loop.register(channel, SelectionKey.OP_ACCEPT, this);
    }

    @Override
    public void ready(SelectionKey key) {
        try {
            for (SocketChannel peer = channel.accept(); peer != null; peer = channel.accept()) {
                take(peer);
            }
            backOff = TimeUnit.MILLISECONDS.toNanos(1);
        } catch (IOException e) {
            if (channel.isOpen()) {
                LOG.warn("cannot accept: socket={}", socket, e);
                pause(key);
            }
        }
    }

    @Override
    public void fail(Throwable cause) {
        if (!(cause instanceof ClosedSelectorException)) { // the loop is closed with us
            LOG.warn("listener ends: socket={}", socket, cause);
        }
        close();
    }

    void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.close();
            loop.wakeUp();
            BasicFileAttributes now = Files.readAttributes(socket, BasicFileAttributes.class);
            if (now.fileKey().equals(fileKey)) {
                Files.delete(socket);
            }
        } catch (IOException e) {
            LOG.debug("socket was gone already: socket={}", socket, e);
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // a policy may throw anything; it refuses then
    private void take(SocketChannel peer) throws IOException {
        try {
            server.accept(peer);
        } catch (IOException | RuntimeException e) {
            LOG.warn("connection refused: socket={}", socket, e);
            peer.close();
        }
    }

    /** Accepts nothing for a while, because there are no descriptors. */
    private void pause(SelectionKey key) {
        key.interestOps(0);
        loop.schedule(System.nanoTime() + backOff, () -> goOn(key));
        backOff = Math.min(2 * backOff, LONGEST_BACK_OFF);
    }

    private static void goOn(SelectionKey key) {
        try {
            key.interestOps(SelectionKey.OP_ACCEPT);
        } catch (CancelledKeyException ignored) {
            // closed meanwhile
        }
    }

    private static ServerSocketChannel bind(Path socket) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            try {
                channel.bind(UnixDomainSocketAddress.of(socket));
            } catch (BindException e) {
                removeStale(socket, e);
                channel.bind(UnixDomainSocketAddress.of(socket));
            }
            return channel;
        } catch (IOException e) {
            channel.close();
            throw new IOException("cannot listen: socket=" + socket + ": " + e.getMessage(), e);
        }
    }

    private static void removeStale(Path socket, BindException cause) throws IOException {
        if (!Files.readAttributes(socket, BasicFileAttributes.class).isOther()) {
            throw cause;
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(socket));
            throw cause;
        } catch (ConnectException e) {
            Files.delete(socket);
        }
    }
}

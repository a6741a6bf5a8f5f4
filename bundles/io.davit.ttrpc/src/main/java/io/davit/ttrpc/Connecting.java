package io.davit.ttrpc;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Connects to a socket within a time: a full backlog of a stopped server blocks for ever. */
final class Connecting {
    private Connecting() {}

    static SocketChannel to(Path socket, Duration within, LoopThread loop) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        AtomicBoolean decided = new AtomicBoolean();
        LoopThread.Timer timer =
                loop.schedule(System.nanoTime() + within.toNanos(), () -> expire(channel, decided));
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            channel.close();
            if (decided.compareAndSet(false, true)) {
                throw named(socket, e);
            }
        } finally {
            timer.cancel();
        }
        if (decided.compareAndSet(false, true) && channel.isOpen()) {
            return channel;
        }
        throw new SocketTimeoutException("server does not accept: socket=" + socket);
    }

    private static void expire(SocketChannel channel, AtomicBoolean decided) {
        if (!decided.compareAndSet(false, true)) {
            return;
        }
        try {
            channel.close();
        } catch (IOException ignored) {
            // the one who connects sees it closed
        }
    }

    /** Names the path and keeps apart what proves a server gone: no socket, nobody listening. */
    private static IOException named(Path socket, IOException cause) {
        String message = "cannot connect: socket=" + socket + ": " + cause.getMessage();
        if (cause instanceof ClosedByInterruptException) {
            return cause;
        }
        if (Files.notExists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return new NoSuchFileException(socket.toString(), null, "nobody listens there");
        }
        IOException named =
                cause instanceof ConnectException
                        ? new ConnectException(message)
                        : new IOException(message);
        named.initCause(cause);
        return named;
    }
}

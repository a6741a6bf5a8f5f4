package io.davit.launcher;

import jdk.net.ExtendedSocketOptions;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;

/**
 * A connection to a daemon that this user or root runs.
 *
 * <p>Has streams of its own, because in older JDKs those of {@code Channels} do not read and write
 * at the same time.
 */
final class DaemonConnection implements Closeable {
    private static final Path SELF = Path.of("/proc/self");
    private static final int BUFFER = 1 << 16;

    private final SocketChannel channel;

    private DaemonConnection(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Connects.
     *
     * @return the connection; empty if nobody listens there
     * @throws IOException if somebody else listens there, or this user may not connect
     */
    static Optional<DaemonConnection> open(Path socket) throws IOException {
        // What this user may not look at may well be there.
        if (Files.notExists(socket)) {
            return Optional.empty();
        }
        SocketChannel channel;
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (ConnectException e) {
            return Optional.empty();
        } catch (SocketException e) {
            throw new IOException(
                    "the daemon cannot be asked: socket=" + socket + " cause=" + e.getMessage(), e);
        }
        try {
            requireTrusted(socket, channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
            return Optional.of(new DaemonConnection(channel));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void requireTrusted(Path socket, UserPrincipal user) throws IOException {
        boolean own =
                Files.exists(SELF)
                        ? user.equals(Files.getOwner(SELF))
                        : user.getName().equals(System.getProperty("user.name"));
        if (!own && !user.getName().equals("root")) {
            throw new IOException(
                    "the daemon belongs to somebody else: user=" + user + " socket=" + socket);
        }
    }

    InputStream in() {
        return new FromChannel();
    }

    OutputStream out() {
        return new ToChannel();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Reads from the channel through a buffer. Confined to one thread. */
    private final class FromChannel extends InputStream {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).limit(0);

        @Override
        public int read() throws IOException {
            return fill() ? buffer.get() & 0xFF : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int some = Math.min(length, buffer.remaining());
            buffer.get(bytes, offset, some);
            return some;
        }

        private boolean fill() throws IOException {
            if (!buffer.hasRemaining()) {
                buffer.clear();
                int count = channel.read(buffer);
                buffer.flip();
                return count > 0;
            }
            return true;
        }
    }

    /** Writes to the channel. Guarded by whoever writes. */
    private final class ToChannel extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }
}

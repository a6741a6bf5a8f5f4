package io.davit.ttrpc;

import com.google.protobuf.MessageLite;

import io.davit.ttrpc.wire.Request;
import io.davit.ttrpc.wire.Response;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A peer that writes whatever bytes a test wants, and reads frames. */
final class RawPeer implements AutoCloseable {
    /** A frame as it came. */
    record Frame(int id, byte type, byte flags, byte[] data) {
        Response response() throws IOException {
            return Response.parseFrom(data);
        }

        Request request() throws IOException {
            return Request.parseFrom(data);
        }
    }

    /** A place that waits for a client of ours. */
    static final class Server implements AutoCloseable {
        private final ServerSocketChannel channel;

        Server(Path socket, int backlog) throws IOException {
            channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(socket), backlog);
        }

        Server(Path socket) throws IOException {
            this(socket, 0);
        }

        RawPeer accept() throws IOException {
            return new RawPeer(channel.accept());
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private final SocketChannel channel;
    private final DataInputStream in;

    private RawPeer(SocketChannel channel) {
        this.channel = channel;
        this.in = new DataInputStream(Channels.newInputStream(channel));
    }

    static RawPeer connect(Path socket) throws IOException {
        return new RawPeer(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    void header(int length, int id, int type, int flags) throws IOException {
        write(
                ByteBuffer.allocate(Frames.HEADER)
                        .putInt(length)
                        .putInt(id)
                        .put((byte) type)
                        .put((byte) flags)
                        .array());
    }

    void frame(int id, int type, int flags, byte[] data) throws IOException {
        header(data.length, id, type, flags);
        write(data);
    }

    void request(int id, TtrpcMethod<?, ?> method, MessageLite message) throws IOException {
        Request request =
                Request.newBuilder()
                        .setService(method.service())
                        .setMethod(method.name())
                        .setPayload(message.toByteString())
                        .build();
        frame(id, Frames.REQUEST, 0, request.toByteArray());
    }

    void answer(int id, MessageLite message) throws IOException {
        Response response = Response.newBuilder().setPayload(message.toByteString()).build();
        frame(id, Frames.RESPONSE, 0, response.toByteArray());
    }

    Frame read() throws IOException {
        int length = in.readInt();
        int id = in.readInt();
        byte type = in.readByte();
        byte flags = in.readByte();
        byte[] data = new byte[length];
        in.readFully(data);
        return new Frame(id, type, flags, data);
    }

    /** Waits until the other side closes, dropping what it still says. */
    void awaitEnd() throws IOException {
        try {
            while (true) {
                read();
            }
        } catch (EOFException expected) {
            // what we wait for
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

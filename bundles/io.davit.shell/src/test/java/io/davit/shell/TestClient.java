package io.davit.shell;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A client that says what a test wants it to say. */
final class TestClient implements AutoCloseable {
    private final SocketChannel channel;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    TestClient(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    static byte[] request(String... words) {
        return request(1, "/", List.of(words));
    }

    static byte[] request(int version, String directory, List<String> words) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream data = new DataOutputStream(bytes)) {
            data.writeInt(version);
            writeText(data, directory);
            for (String word : words) {
                writeText(data, word);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private static void writeText(DataOutputStream data, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        data.writeInt(bytes.length);
        data.write(bytes);
    }

    static byte[] frame(int kind, byte... bytes) {
        return ByteBuffer.allocate(5 + bytes.length)
                .putInt(bytes.length)
                .put((byte) kind)
                .put(bytes)
                .array();
    }

    void send(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    void ask(String... words) throws IOException {
        send(frame(ClientFrames.REQUEST, request(words)));
    }

    /** Reads frames until the status; -1 if the connection ends before. */
    int status() throws IOException {
        while (true) {
            ByteBuffer header = read(5);
            if (header == null) {
                return -1;
            }
            ByteBuffer body = read(header.getInt());
            switch (header.get()) {
                case Outbox.STATUS -> {
                    return body.getInt();
                }
                case Outbox.OUTPUT -> out.writeBytes(body.array());
                case Outbox.ERROR -> err.writeBytes(body.array());
                default -> {
                    // Not what this client is about.
                }
            }
        }
    }

    /** Reads the next frame's kind and bytes; {@code null} at the end. */
    ByteBuffer frame() throws IOException {
        ByteBuffer header = read(5);
        return header == null ? null : read(header.getInt());
    }

    private ByteBuffer read(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                return null;
            }
        }
        return bytes.flip();
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

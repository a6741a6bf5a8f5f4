package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Input from a regular file of the host. */
final class FileInput implements GuestInput {
    private final FileChannel channel;
    private volatile boolean ended;

    FileInput(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws ErrnoException {
        if (ended) {
            return 0;
        }
        try {
            return Math.max(0, channel.read(ByteBuffer.wrap(into, offset, length)));
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    @Override
    public boolean awaitReady(long nanos) {
        return true;
    }

    @Override
    public void end() {
        ended = true;
    }

    @Override
    public void cancel() {
        ended = true;
        try {
            channel.close();
        } catch (IOException ignored) {
            // Only read from.
        }
    }
}

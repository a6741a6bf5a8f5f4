package io.davit.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A pipe.
 *
 * @param read where bytes come out
 * @param write where bytes go in
 */
public record Pipe(Descriptor read, Descriptor write) implements AutoCloseable {
    /** Makes a pipe. */
    public static Pipe open() throws LinuxException {
        byte[] both = new byte[8];
        LibC.check(LibC.pipe2(both, OpenFlag.CLOEXEC), "pipe2", "");
        ByteBuffer numbers = ByteBuffer.wrap(both).order(ByteOrder.nativeOrder());
        return new Pipe(
                new Descriptor(numbers.getInt(), "pipe"), new Descriptor(numbers.getInt(), "pipe"));
    }

    /** Closes both ends. */
    @Override
    public void close() {
        read.close();
        write.close();
    }
}

package io.davit.shim.wasm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a {@link PumpedInput} pumps from. */
interface InputSource {
    /** Waits for bytes; -1 at the end. */
    int read(byte[] into) throws IOException;

    /** Sets {@link #read} free, if that is possible. Can be repeated. */
    void cancel();

    /** The writing end belongs to somebody on the host. */
    static InputSource fifo(Path path) {
        Fifo fifo = new Fifo(path, StandardOpenOption.READ);
        return new InputSource() {
            @Override
            public int read(byte[] into) throws IOException {
                return fifo.channel().read(ByteBuffer.wrap(into));
            }

            @Override
            public void cancel() {
                fifo.cancel();
            }
        };
    }

    /** A stream of the caller, which is never closed: what waits in it can only be left behind. */
    static InputSource stream(InputStream stream) {
        return new InputSource() {
            @Override
            public int read(byte[] into) throws IOException {
                return stream.read(into);
            }

            @Override
            public void cancel() {
                // Only its owner could.
            }
        };
    }
}

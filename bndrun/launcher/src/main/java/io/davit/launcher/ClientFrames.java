package io.davit.launcher;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client sends, in the form of {@link ServerFrames}. Safe for use by many threads; once a
 * write has failed nothing more is sent.
 */
final class ClientFrames {
    /** The first one: what is asked for. */
    private static final int REQUEST = 1;

    /** Bytes of standard input; none for its end. */
    private static final int INPUT = 2;

    /** The size of the terminal in columns and rows, two bytes each; zeros without a terminal. */
    private static final int SIZE = 3;

    /** Nobody reads standard output any more. */
    private static final int BROKEN = 4;

    /** The command is to end. */
    private static final int CANCEL = 5;

    private static final int VERSION = 1;

    private final DataOutputStream out;

    ClientFrames(OutputStream out) {
        this.out = new DataOutputStream(new BufferedOutputStream(out));
    }

    /** Asks for a command: the version of the protocol, the working directory and the words. */
    void request(Path directory, List<String> args) throws IOException {
        List<byte[]> texts = new ArrayList<>();
        texts.add(directory.toString().getBytes(StandardCharsets.UTF_8));
        args.forEach(arg -> texts.add(arg.getBytes(StandardCharsets.UTF_8)));
        int length = Integer.BYTES;
        for (byte[] text : texts) {
            length += Integer.BYTES + text.length;
        }
        synchronized (this) {
            begin(REQUEST, length);
            out.writeInt(VERSION);
            for (byte[] text : texts) {
                out.writeInt(text.length);
                out.write(text);
            }
            out.flush();
        }
    }

    synchronized void input(byte[] bytes, int length) throws IOException {
        begin(INPUT, length);
        out.write(bytes, 0, length);
        out.flush();
    }

    synchronized void size(int columns, int rows) throws IOException {
        begin(SIZE, 2 * Short.BYTES);
        out.writeShort(columns);
        out.writeShort(rows);
        out.flush();
    }

    synchronized void broken() throws IOException {
        begin(BROKEN, 0);
        out.flush();
    }

    synchronized void cancel() throws IOException {
        begin(CANCEL, 0);
        out.flush();
    }

    private void begin(int kind, int length) throws IOException {
        out.writeInt(length);
        out.writeByte(kind);
    }
}

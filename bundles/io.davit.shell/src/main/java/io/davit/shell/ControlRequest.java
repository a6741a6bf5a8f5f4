package io.davit.shell;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client asks for.
 *
 * @param directory where it is; relative paths begin there
 * @param words the command line
 */
record ControlRequest(Path directory, List<String> words) {
    private static final int VERSION = 1;
    private static final int MOST_WORDS = 1 << 16;

    /**
     * Reads the bytes of a request: the version of the protocol, then texts in UTF-8, each after
     * the four bytes of its length; the first is the directory.
     *
     * @throws IOException if they are no request of this version
     */
    static ControlRequest read(byte[] bytes) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.remaining() < Integer.BYTES || in.getInt() != VERSION) {
            throw new IOException(
                    "client and daemon are of different versions: the daemon speaks " + VERSION);
        }
        List<String> texts = new ArrayList<>();
        while (in.hasRemaining()) {
            texts.add(text(in));
            if (texts.size() > MOST_WORDS) {
                throw new IOException("request has more than " + MOST_WORDS + " words");
            }
        }
        if (texts.isEmpty()) {
            throw new IOException("request has no directory");
        }
        return new ControlRequest(
                directory(texts.get(0)), List.copyOf(texts.subList(1, texts.size())));
    }

    private static String text(ByteBuffer in) throws IOException {
        if (in.remaining() < Integer.BYTES) {
            throw new IOException("request ends inside a word");
        }
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IOException("request ends inside a word");
        }
        ByteBuffer word = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(word)
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException("request is not UTF-8", e);
        }
    }

    private static Path directory(String text) throws IOException {
        try {
            Path directory = Path.of(text);
            if (directory.isAbsolute()) {
                return directory.normalize();
            }
        } catch (InvalidPathException e) {
            throw new IOException("directory of the request is no path", e);
        }
        throw new IOException("directory of the request is not absolute");
    }
}

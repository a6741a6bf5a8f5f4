package io.davit.check;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Small WebAssembly modules, written section by section. */
final class Modules {
    private static final String WASI = "wasi_snapshot_preview1";
    private static final int TYPES = 1;
    private static final int IMPORTS = 2;
    private static final int FUNCTIONS = 3;
    private static final int MEMORIES = 5;
    private static final int EXPORTS = 7;
    private static final int CODE = 10;

    private Modules() {}

    /** A module that never ends. */
    static byte[] spin() {
        return module(
                section(TYPES, bytes(1, 0x60, 0, 0)),
                section(FUNCTIONS, bytes(1, 0)),
                section(EXPORTS, bytes(1), name("_start"), bytes(0, 0)),
                code(bytes(0x03, 0x40, 0x0c, 0, 0x0b)));
    }

    /** A module that ends with a status. */
    static byte[] exit(int status) {
        return module(
                section(TYPES, bytes(2, 0x60, 1, 0x7f, 0, 0x60, 0, 0)),
                section(IMPORTS, bytes(1), name(WASI), name("proc_exit"), bytes(0, 0)),
                section(FUNCTIONS, bytes(1, 1)),
                section(EXPORTS, bytes(1), name("_start"), bytes(0, 1)),
                code(bytes(0x41, status, 0x10, 0)));
    }

    /** A module that copies its standard input to its standard output. */
    static byte[] cat() {
        return module(
                section(TYPES, bytes(2, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f, 0x60, 0, 0)),
                section(
                        IMPORTS,
                        bytes(2),
                        name(WASI),
                        name("fd_read"),
                        bytes(0, 0),
                        name(WASI),
                        name("fd_write"),
                        bytes(0, 0)),
                section(FUNCTIONS, bytes(1, 1)),
                section(MEMORIES, bytes(1, 0, 1)),
                section(
                        EXPORTS,
                        bytes(2),
                        name("_start"),
                        bytes(0, 2),
                        name("memory"),
                        bytes(2, 0)),
                code(
                        // The buffer is at 16; a pointer and a length at 0 say so.
                        bytes(0x41, 0, 0x41, 16, 0x36, 2, 0, 0x02, 0x40, 0x03, 0x40),
                        bytes(0x41, 4, 0x41, 0x80, 0x20, 0x36, 2, 0),
                        bytes(0x41, 0, 0x41, 0, 0x41, 1, 0x41, 8, 0x10, 0, 0x1a),
                        // Nothing was read: out of the block.
                        bytes(0x41, 8, 0x28, 2, 0, 0x45, 0x0d, 1),
                        bytes(0x41, 4, 0x41, 8, 0x28, 2, 0, 0x36, 2, 0),
                        bytes(0x41, 1, 0x41, 0, 0x41, 1, 0x41, 12, 0x10, 1, 0x1a),
                        bytes(0x0c, 0, 0x0b, 0x0b)));
    }

    private static byte[] module(byte[]... sections) {
        return join(bytes(0, 'a', 's', 'm', 1, 0, 0, 0), join(sections));
    }

    private static byte[] section(int id, byte[]... parts) {
        byte[] content = join(parts);
        return join(bytes(id), size(content.length), content);
    }

    /** The code of the one function. */
    private static byte[] code(byte[]... parts) {
        byte[] body = join(bytes(0), join(parts), bytes(0x0b));
        return section(CODE, bytes(1), size(body.length), body);
    }

    private static byte[] name(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return join(size(utf8.length), utf8);
    }

    /** A number below 16,384 in LEB128. */
    private static byte[] size(int number) {
        return number < 128 ? bytes(number) : bytes(number & 127 | 128, number >> 7);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}

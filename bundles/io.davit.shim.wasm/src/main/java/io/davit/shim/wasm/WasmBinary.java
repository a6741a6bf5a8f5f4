package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A module as bytes: its sections, and smaller forms of it. Looks at no more than lengths. */
final class WasmBinary {
    static final int MOST_BYTES = 64 << 20;
    private static final int MOST_FUNCTIONS = 65_536;
    private static final int HEADER = 8;
    private static final int CUSTOM = 0;
    private static final int CODE = 10;
    private static final byte[] MAGIC = {0, 'a', 's', 'm', 1, 0, 0, 0};

    /** A function that has no body: its size, no locals, end. */
    private static final byte[] NO_BODY = {2, 0, 0x0b};

    private final byte[] bytes;
    private final List<Section> sections = new ArrayList<>();
    private int at;

    /** Where a section lies, and where its content begins. */
    private record Section(int id, int start, int content, int end) {}

    /**
     * Finds the sections.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if this is no module or one that is too large
     */
    WasmBinary(byte[] bytes) throws DavitException {
        if (bytes.length > MOST_BYTES) {
            throw invalid("is larger than 64 MiB: bytes=" + bytes.length);
        }
        for (int i = 0; i < HEADER; i++) {
            if (i >= bytes.length || bytes[i] != MAGIC[i]) {
                throw invalid("has no magic number of a version 1 module");
            }
        }
        this.bytes = bytes;
        this.at = HEADER;
        while (at < bytes.length) {
            int start = at;
            int id = bytes[at++];
            int size = readLength();
            sections.add(new Section(id, start, at, at + size));
            at += size;
        }
    }

    static DavitException invalid(String what) {
        return new DavitException(Kind.INVALID_ARGUMENT, "wasm module " + what);
    }

    /** Reads an unsigned number of at most 32 bits. */
    private int readNumber() {
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            if (at >= bytes.length) {
                throw invalid("is cut off: offset=" + at);
            }
            byte next = bytes[at++];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                if (value > 0xffff_ffffL) {
                    break;
                }
                return (int) value;
            }
        }
        throw invalid("has a malformed number: offset=" + at);
    }

    private int readLength() {
        int length = readNumber();
        if (length < 0 || length > bytes.length - at) {
            throw invalid("is cut off: offset=" + at);
        }
        return length;
    }

    /** The module without custom sections: names and debugging information are of no use here. */
    byte[] essential() {
        ByteArrayOutputStream out = header();
        for (Section each : sections) {
            if (each.id != CUSTOM) {
                out.write(bytes, each.start, each.end - each.start);
            }
        }
        return out.toByteArray();
    }

    private ByteArrayOutputStream header() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        out.write(bytes, 0, HEADER);
        return out;
    }

    /** How many bytes of code it has. */
    int codeBytes() {
        for (Section each : sections) {
            if (each.id == CODE) {
                return each.end - each.content;
            }
        }
        return 0;
    }

    /** Fails if there are more functions than any compiler is meant to get through. */
    void requireFewFunctions() {
        for (Section each : sections) {
            if (each.id == CODE) {
                at = each.content;
                int count = readNumber();
                if (count < 0 || count > MOST_FUNCTIONS) {
                    throw invalid("has more than " + MOST_FUNCTIONS + " functions: count=" + count);
                }
            }
        }
    }

    /**
     * The module with the bodies of a few functions only, for instances whose code is compiled.
     *
     * @param kept the functions that keep their bodies, counted from the first that is not imported
     */
    byte[] lean(Set<Integer> kept) {
        ByteArrayOutputStream out = header();
        for (Section each : sections) {
            if (each.id == CODE) {
                byte[] code = leanCode(each, kept);
                out.write(CODE);
                writeNumber(out, code.length);
                out.write(code, 0, code.length);
            } else if (each.id != CUSTOM) {
                out.write(bytes, each.start, each.end - each.start);
            }
        }
        return out.toByteArray();
    }

    private byte[] leanCode(Section code, Set<Integer> kept) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        at = code.content;
        int count = readNumber();
        writeNumber(out, count);
        for (int i = 0; i < count; i++) {
            int start = at;
            int size = readLength();
            at += size;
            if (kept.contains(i)) {
                out.write(bytes, start, at - start);
            } else {
                out.write(NO_BODY, 0, NO_BODY.length);
            }
        }
        return out.toByteArray();
    }

    private static void writeNumber(ByteArrayOutputStream out, int number) {
        int rest = number;
        while ((rest & ~0x7f) != 0) {
            out.write(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }
}

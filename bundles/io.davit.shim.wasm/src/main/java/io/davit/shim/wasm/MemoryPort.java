package io.davit.shim.wasm;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * How host functions read and write the memory of a guest. A range outside of it is {@code FAULT}.
 * Confined to the guest's thread.
 */
final class MemoryPort {
    private static final int LONGEST_PATH = 4 * Walk.LONGEST_PATH;

    private final GuestMemory memory;

    /** Who is told of every range that is written; {@code null} for nobody. */
    private HostWrites writes;

    MemoryPort(GuestMemory memory) {
        this.memory = memory;
    }

    GuestMemory memory() {
        return memory;
    }

    /** Tells of every range that is written from now on; {@code null} to end that. */
    void tell(HostWrites listener) {
        writes = listener;
    }

    private int writable(int address, long length) throws ErrnoException {
        memory.requireRange(address, length);
        if (writes != null) {
            writes.wrote(address, (int) length);
        }
        return address;
    }

    int getInt(int address) throws ErrnoException {
        memory.requireRange(address, 4);
        return memory.readInt(address);
    }

    long getLong(int address) throws ErrnoException {
        memory.requireRange(address, 8);
        return memory.readLong(address);
    }

    int getByte(int address) throws ErrnoException {
        memory.requireRange(address, 1);
        return memory.read(address) & 0xff;
    }

    int getShort(int address) throws ErrnoException {
        memory.requireRange(address, 2);
        return memory.readShort(address) & 0xffff;
    }

    /** Reads a path: UTF-8 without a NUL. */
    String getPath(int address, int length) throws ErrnoException {
        if (length < 0 || length > LONGEST_PATH) {
            throw new ErrnoException(Errno.NAMETOOLONG);
        }
        memory.requireRange(address, length);
        String path = utf8(memory.bytes(), address, length);
        if (path.indexOf('\0') >= 0) {
            throw new ErrnoException(Errno.INVAL);
        }
        return path;
    }

    private static String utf8(byte[] bytes, int from, int length) throws ErrnoException {
        for (int i = from; i < from + length; i++) {
            if (bytes[i] < 0) {
                return strictUtf8(bytes, from, length);
            }
        }
        return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }

    private static String strictUtf8(byte[] bytes, int from, int length) throws ErrnoException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ErrnoException(Errno.ILSEQ);
        }
    }

    /** A range to write from; not to be written to. */
    ByteBuffer source(int address, int length) throws ErrnoException {
        memory.requireRange(address, Integer.toUnsignedLong(length));
        return ByteBuffer.wrap(memory.bytes(), address, length);
    }

    /** A range to read into. */
    ByteBuffer target(int address, int length) throws ErrnoException {
        writable(address, Integer.toUnsignedLong(length));
        return ByteBuffer.wrap(memory.bytes(), address, length);
    }

    void putByte(int address, int value) throws ErrnoException {
        memory.writeByte(writable(address, 1), (byte) value);
    }

    void putShort(int address, int value) throws ErrnoException {
        memory.writeShort(writable(address, 2), (short) value);
    }

    void putInt(int address, int value) throws ErrnoException {
        memory.writeI32(writable(address, 4), value);
    }

    void putLong(int address, long value) throws ErrnoException {
        memory.writeLong(writable(address, 8), value);
    }

    void putBytes(int address, byte[] value, int length) throws ErrnoException {
        memory.write(writable(address, length), value, 0, length);
    }

    void putZeros(int address, int length) throws ErrnoException {
        memory.fill((byte) 0, writable(address, length), address + length);
    }
}

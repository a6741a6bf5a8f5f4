package io.davit.shim.wasm;

import java.nio.ByteBuffer;

/** An open regular file. Positions are kept by the caller. Safe for use by many threads. */
interface GuestFile extends AutoCloseable {
    /** Reads until the buffer is full or the file ends; 0 at its end. */
    int read(ByteBuffer into, long position) throws ErrnoException;

    int write(ByteBuffer from, long position) throws ErrnoException;

    /** Writes at the end and returns the new end. */
    long append(ByteBuffer from) throws ErrnoException;

    long size() throws ErrnoException;

    void truncate(long size) throws ErrnoException;

    /** Makes what was written durable. */
    void sync(boolean metadata) throws ErrnoException;

    FileStat stat() throws ErrnoException;

    void setTimes(FileTimes times) throws ErrnoException;

    @Override
    void close();
}

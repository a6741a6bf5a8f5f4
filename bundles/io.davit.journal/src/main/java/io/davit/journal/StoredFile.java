package io.davit.journal;

import java.io.Closeable;
import java.io.IOException;

/** An open file of a {@link Storage}. Confined to one thread at a time. */
interface StoredFile extends Closeable {
    /** Length in bytes. */
    long length() throws IOException;

    /** Reads up to {@code count} bytes; -1 at the end. */
    int read(long at, byte[] into, int offset, int count) throws IOException;

    /** Writes all bytes, or fails after some of them. */
    void write(long at, byte[] from, int offset, int count) throws IOException;

    /** Cuts the file. */
    void truncate(long length) throws IOException;

    /** Makes everything written and cut so far durable. */
    void sync() throws IOException;

    /**
     * Makes everything written durable if the file did not become longer or shorter since {@link
     * #sync}. Only by a thread that nobody interrupts.
     */
    default void syncData() throws IOException {
        sync();
    }
}

package io.davit.shim.wasm;

/** The names of a directory, one after the other, without {@code .} and {@code ..}. */
interface Entries extends AutoCloseable {
    /** One name and what it leads to. */
    record Entry(String name, FileType type, long ino) {}

    /** Returns the next name, or {@code null} after the last. */
    Entry next() throws ErrnoException;

    @Override
    void close();
}

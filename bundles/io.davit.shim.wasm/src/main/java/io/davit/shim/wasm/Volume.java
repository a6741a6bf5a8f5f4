package io.davit.shim.wasm;

/**
 * One file system a guest sees: what a mount brings. Two directories can exchange files within one.
 */
interface Volume extends AutoCloseable {
    /** Its top directory; belongs to the volume. */
    Dir root();

    boolean readOnly();

    @Override
    void close();
}

package io.davit.shim.wasm;

/** How a file is opened. Reading or writing or both; {@code exclusive} only with {@code create}. */
record OpenHow(boolean read, boolean write, boolean create, boolean exclusive, boolean truncate) {
    static final OpenHow READ = new OpenHow(true, false, false, false, false);

    /** Says whether the file or its directory may change. */
    boolean changes() {
        return write || create || truncate;
    }
}

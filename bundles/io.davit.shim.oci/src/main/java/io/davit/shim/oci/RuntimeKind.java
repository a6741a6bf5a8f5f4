package io.davit.shim.oci;

/** The OCI runtimes whose ways with their own files are known. */
enum RuntimeKind {
    /** Waits for its start by reading {@code exec.fifo}. */
    CRUN,
    /** Waits for its start by writing {@code exec.fifo}. */
    RUNC,
    /** Any other; everything goes through its command line. */
    OTHER;

    static RuntimeKind of(String name) {
        return switch (name) {
            case "crun" -> CRUN;
            case "runc" -> RUNC;
            default -> OTHER;
        };
    }
}

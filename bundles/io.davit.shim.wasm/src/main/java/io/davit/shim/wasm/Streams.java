package io.davit.shim.wasm;

/** The standard streams of one process. */
record Streams(GuestInput input, GuestOutput output, GuestOutput error, boolean terminal) {
    /** Gives numbers 0, 1 and 2 to them. */
    void addTo(FdTable fds) throws ErrnoException {
        fds.add(Descriptor.OfStream.reading(input, terminal));
        fds.add(Descriptor.OfStream.writing(output, terminal));
        fds.add(Descriptor.OfStream.writing(error, terminal));
    }

    /** Gives everything back; whoever waits is set free. Can be repeated. */
    void cancel() {
        input.cancel();
        output.cancel();
        error.cancel();
    }
}

package io.davit.shim.wasm;

/**
 * Where a guest's output goes.
 *
 * <p>{@link #write} is called by the guest's thread, and may wait as long as the reader likes; an
 * interrupt and {@link #cancel} set it free, unless it waits in a stream of the caller.
 */
interface GuestOutput {
    /** Everything is dropped. */
    GuestOutput NONE =
            new GuestOutput() {
                @Override
                public void write(byte[] from, int offset, int length) {
                    // Dropped.
                }

                @Override
                public void cancel() {
                    // Nobody waits.
                }
            };

    /** Writes everything. */
    void write(byte[] from, int offset, int length) throws ErrnoException;

    /** Gives everything back; whoever waits is set free. Can be repeated. */
    void cancel();
}

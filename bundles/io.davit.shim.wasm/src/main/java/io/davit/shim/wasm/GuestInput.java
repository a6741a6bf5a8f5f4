package io.davit.shim.wasm;

/**
 * Where a guest's standard input comes from.
 *
 * <p>{@link #read} and {@link #awaitReady} are called by the guest's thread, which {@link #cancel}
 * and an interrupt set free; the rest by anybody.
 */
interface GuestInput {
    /** Nothing to read. */
    GuestInput NONE =
            new GuestInput() {
                @Override
                public int read(byte[] into, int offset, int length) {
                    return 0;
                }

                @Override
                public boolean awaitReady(long nanos) {
                    return true;
                }

                @Override
                public void end() {
                    // It has ended.
                }

                @Override
                public void cancel() {
                    // Nobody waits.
                }
            };

    /** Waits for bytes and returns how many there were; 0 at the end. */
    int read(byte[] into, int offset, int length) throws ErrnoException;

    /** Waits until {@link #read} would not; {@code false} if the time ran out before. */
    boolean awaitReady(long nanos) throws ErrnoException;

    /** Ends the input after what is there now. */
    void end();

    /** Gives everything back; whoever waits is set free. Can be repeated. */
    void cancel();
}

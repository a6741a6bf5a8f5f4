package io.davit.shim.wasm;

/**
 * A thread that runs guests, one after the other.
 *
 * <p>The engine asks {@link #isInterrupted} at each backward branch and each call, interpreted or
 * compiled: the one place where a guest can be stopped, halted or moved. So that question is
 * answered by the guest's {@link GuestControl}; everybody else gets the thread's own answer.
 */
final class GuestThread extends Thread {
    private static final String ENGINE_METHOD = "checkInterruption";

    /**
     * Whether there is more to the question than "go on": the guest's control has something to say,
     * or there is no guest. Read at each branch of the guest.
     */
    private volatile boolean attention = true;

    /** The guest on this thread; set and read by this thread alone. */
    private Guest guest;

    GuestThread(Runnable work, String name, long stackBytes) {
        super(null, work, name, stackBytes);
        setDaemon(true);
    }

    /** The thread that runs, which must be one of these. */
    static GuestThread current() {
        return (GuestThread) Thread.currentThread();
    }

    Guest guest() {
        return guest;
    }

    void setGuest(Guest now) {
        guest = now;
    }

    boolean attention() {
        return attention;
    }

    void setAttention(boolean now) {
        attention = now;
    }

    /** {@inheritDoc} For the engine: whether the guest has to end; may halt it first. */
    @Override
    public boolean isInterrupted() {
        return attention && answer();
    }

    private boolean answer() {
        if (guest == null) {
            return super.isInterrupted();
        }
        boolean engine =
                StackWalker.getInstance()
                        .walk(
                                frames ->
                                        frames.skip(2)
                                                .findFirst()
                                                .map(f -> f.getMethodName().equals(ENGINE_METHOD))
                                                .orElse(false));
        return engine ? guest.control().safepoint() : super.isInterrupted();
    }
}

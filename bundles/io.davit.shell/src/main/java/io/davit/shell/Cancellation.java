package io.davit.shell;

/** How one command ends early: by what it asked for, or else by an interrupt of its thread. */
final class Cancellation {
    /** The thread that runs the command while it runs; guarded by this. */
    private Thread runner;

    /** What the command asked for; guarded by this. */
    private Runnable end;

    /** Whether it is to end; guarded by this. */
    private boolean cancelled;

    /** Says that the calling thread runs the command from now on. */
    synchronized void begin() {
        runner = Thread.currentThread();
        if (cancelled) {
            runner.interrupt();
        }
    }

    /** Says that the command has ended: nothing will happen to its thread any more. */
    synchronized void over() {
        runner = null;
        end = null;
    }

    /** Sets what ends the command; runs it at once if the command is to end already. */
    void onCancel(Runnable how) {
        synchronized (this) {
            if (!cancelled) {
                end = how;
                return;
            }
        }
        how.run();
    }

    /** Ends the command; does nothing the second time. */
    void cancel() {
        Runnable how;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            how = end;
            if (how == null && runner != null) {
                runner.interrupt();
            }
        }
        if (how != null) {
            how.run();
        }
    }
}

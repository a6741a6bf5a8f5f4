package io.davit.shim.wasm;

/** How a guest ends itself: unwinds its stack. Cheap: it has no stack trace. */
final class GuestExit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Outcome outcome;

    GuestExit(Outcome outcome) {
        super(null, null, false, false);
        this.outcome = outcome;
    }

    Outcome outcome() {
        return outcome;
    }
}

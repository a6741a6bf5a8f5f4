package io.davit.shim.manager;

/** The right of a start to its id. */
interface IdClaim {
    /** Lets others use the id. */
    void give();

    /**
     * Takes the id back.
     *
     * @return {@code false} if somebody uses it
     */
    boolean retake();
}

package io.davit.shim.manager;

/** Where the seat of a shim is in its life. */
enum SeatStage {
    /** Served, or waiting for a successor. */
    LIVE,
    /** The task is over and answers from recorded exits. */
    ENDED,
    /** Closed by its owner. */
    CLOSED,
    /** The shim manager has gone. */
    LEFT
}

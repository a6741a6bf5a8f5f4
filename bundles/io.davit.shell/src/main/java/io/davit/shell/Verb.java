package io.davit.shell;

import io.davit.api.errors.DavitException;

import java.io.IOException;

/**
 * A verb of the command line.
 *
 * @param syntax what may follow it
 * @param recorded whether each use goes to the record
 * @param action what it does
 */
record Verb(Syntax syntax, boolean recorded, Action action) {
    /** What a verb does. */
    interface Action {
        /**
         * Runs it.
         *
         * @return the status to end with
         * @throws CommandFailure if it was asked for what makes no sense
         * @throws IOException if the caller has gone
         * @throws InterruptedException if the caller wants it to end
         */
        int run(Call call) throws CommandFailure, DavitException, IOException, InterruptedException;
    }

    /** A verb that changes nothing. */
    static Verb reading(Syntax syntax, Action action) {
        return new Verb(syntax, false, action);
    }

    /** A verb whose use is kept on record. */
    static Verb changing(Syntax syntax, Action action) {
        return new Verb(syntax, true, action);
    }
}

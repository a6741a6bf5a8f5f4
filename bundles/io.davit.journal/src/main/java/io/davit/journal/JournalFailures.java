package io.davit.journal;

import io.davit.journal.JournalException.Reason;

import java.io.IOException;

/** Failures of the disk in the words of {@link JournalException}. */
final class JournalFailures {
    private JournalFailures() {}

    /** Gives a failure its reason; one that has a reason keeps it. */
    static JournalException of(
            Storage storage, JournalOptions options, String what, IOException cause) {
        if (cause instanceof JournalException known) {
            return known;
        }
        Reason reason = storage.isFull(cause) ? Reason.FULL : Reason.IO;
        return new JournalException(
                reason, what + ": name=" + options.name() + " cause=" + cause.getMessage(), cause);
    }
}

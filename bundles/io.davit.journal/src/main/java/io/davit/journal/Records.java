package io.davit.journal;

import io.davit.journal.JournalException.Reason;

/** The form of a record on disk: {@code length, crc, sequence, payload}. */
final class Records {
    private Records() {}

    /** Refuses a record that is empty or too long. */
    static void requireLength(JournalOptions options, byte[] record) throws JournalException {
        if (record.length == 0 || record.length > options.longestRecord()) {
            throw new JournalException(
                    Reason.TOO_LARGE,
                    "journal record has a bad length: name="
                            + options.name()
                            + " bytes="
                            + record.length
                            + " most="
                            + options.longestRecord());
        }
    }
}

package io.davit.journal;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What opening a journal found.
 *
 * @param records how many records were replayed
 * @param cutBytes how many bytes of an unfinished write were cut from the end, not counting zeros
 *     behind them; 0 after a clean close
 * @param damages what was not as the journal left it; empty when all was well
 * @since 1.0
 */
public record JournalRecovery(long records, long cutBytes, List<Damage> damages) {
    /** Copies the list. */
    public JournalRecovery {
        damages = List.copyOf(damages);
    }

    /**
     * Tells whether nothing that may once have been acknowledged is missing.
     *
     * @return {@code false} if the owner should rebuild its state from elsewhere and say so
     */
    public boolean isWhole() {
        return damages.isEmpty();
    }

    /**
     * A file that was not as the journal left it.
     *
     * @param file where it is now; {@code store.bad-<time>} if it could be set aside
     * @param why one line
     */
    public record Damage(Path file, String why) {
        /** Checks for {@code null}. */
        public Damage {
            Objects.requireNonNull(file, "file");
            Objects.requireNonNull(why, "why");
        }
    }
}

package io.davit.api.mount;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a collection decided and did.
 *
 * @param verdicts one entry an activation, by number; copied
 * @param directories the directories without an activation that were removed, or would be; copied
 * @param failures what could not be undone, one line each; empty after a dry run; copied
 * @since 1.0
 */
public record CollectedMounts(
        List<Verdict> verdicts, List<String> directories, List<String> failures) {
    /** Copies the lists. */
    public CollectedMounts {
        verdicts = List.copyOf(verdicts);
        directories = List.copyOf(directories);
        failures = List.copyOf(failures);
    }

    /**
     * The decision about one activation.
     *
     * @param name its key; empty for one that was given up before and could not be undone
     * @param id its number
     * @param kept whether it stays
     * @param why the reason, in words; not {@code null}
     */
    public record Verdict(Optional<ActivationName> name, long id, boolean kept, String why) {
        /** Checks that nothing is missing. */
        public Verdict {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(why, "why");
        }
    }
}

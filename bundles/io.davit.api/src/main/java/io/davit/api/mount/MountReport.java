package io.davit.api.mount;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a check found.
 *
 * @param activations how many activations were compared
 * @param skipped how many were not, because a call worked on them
 * @param findings what is wrong; copied
 * @since 1.0
 */
public record MountReport(int activations, int skipped, List<Finding> findings) {
    /** Copies the findings. */
    public MountReport {
        findings = List.copyOf(findings);
    }

    /**
     * Says whether nothing at all was found.
     *
     * @return {@code true} only if nothing leaks, also nothing that was repaired
     */
    public boolean isClean() {
        return findings.isEmpty();
    }

    /** What can be wrong. */
    public enum Problem {
        /** An activation says that something is mounted, and it is not. */
        MISSING,
        /** Something is mounted, attached or on disk that belongs to no activation. */
        LEFT,
        /** Something is here that the manager did not make and does not touch. */
        FOREIGN,
        /** A record was refused when it was read, and was put aside. */
        DAMAGED,
        /** Something could not be looked at, so that nobody knows whether it is right. */
        UNSEEN
    }

    /**
     * One thing that is wrong.
     *
     * @param problem its class; not {@code null}
     * @param name the activation it belongs to; empty if it has none
     * @param id the number of the activation; 0 if unknown
     * @param what what it is about, for example a path; not {@code null}
     * @param repaired whether it was put right
     * @param message what is wrong, or why it could not be repaired, in words; not {@code null}
     */
    public record Finding(
            Problem problem,
            Optional<ActivationName> name,
            long id,
            String what,
            boolean repaired,
            String message) {
        /** Checks that nothing is missing. */
        public Finding {
            Objects.requireNonNull(problem, "problem");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(what, "what");
            Objects.requireNonNull(message, "message");
        }
    }
}

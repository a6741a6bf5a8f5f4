package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.journal.JournalException;

/** Tells callers of the manager what went wrong with the journal. */
final class StoreFailures {
    private StoreFailures() {}

    static DavitException of(String step, JournalException e) {
        Kind kind =
                switch (e.reason()) {
                    case FULL -> Kind.RESOURCE_EXHAUSTED;
                    case TOO_LARGE -> Kind.INVALID_ARGUMENT;
                    case READ_ONLY, CLOSED, IN_USE, STALE -> Kind.UNAVAILABLE;
                    case TIMED_OUT -> Kind.DEADLINE_EXCEEDED;
                    case INTERRUPTED -> Kind.CANCELLED;
                    case IO -> Kind.INTERNAL;
                };
        return new DavitException(kind, step + ": " + e.getMessage(), e);
    }
}

package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.util.ArrayList;
import java.util.List;

/** Failures of one call that goes on after each of them. Confined to one thread. */
final class Failures {
    private static final int MOST_TOLD = 4;

    private final List<DavitException> all = new ArrayList<>();

    /** Does a step and keeps its failure. */
    @SuppressWarnings("checkstyle:IllegalCatch") // a handler that breaks must not stop the undoing
    void attempt(String what, Runnable step) {
        try {
            step.run();
        } catch (DavitException e) {
            all.add(e.during(what));
        } catch (RuntimeException | LinkageError e) {
            all.add(new DavitException(Kind.INTERNAL, what + ": " + e, e));
        }
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** One line a failure. */
    List<String> messages() {
        return all.stream().map(DavitException::getMessage).toList();
    }

    /**
     * Throws what was kept, if anything: the kind of the first, the messages of the first few.
     *
     * @throws DavitException with the first failure as cause and the others suppressed
     */
    void throwIfAny() throws DavitException {
        if (all.isEmpty()) {
            return;
        }
        String told = String.join("; ", messages().subList(0, Math.min(MOST_TOLD, all.size())));
        int more = all.size() - MOST_TOLD;
        DavitException first = all.get(0);
        DavitException thrown =
                new DavitException(
                        first.kind(), more > 0 ? told + "; and " + more + " more" : told, first);
        all.subList(1, all.size()).forEach(thrown::addSuppressed);
        throw thrown;
    }
}

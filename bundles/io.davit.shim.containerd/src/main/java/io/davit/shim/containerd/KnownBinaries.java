package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What was learnt about binaries; valid for the very file it was learnt of, and no longer. */
final class KnownBinaries {
    /** How long the answer of a binary that did not say stands. */
    private static final long UNKNOWN_NANOS = Duration.ofSeconds(30).toNanos();

    private final Invocation invocation;
    private final HelperSlots slots;
    private final Duration within;

    /** By the binary's path, so that a replaced one takes the place of the old. */
    private final Map<Path, Entry> entries = new ConcurrentHashMap<>();

    KnownBinaries(Invocation invocation, HelperSlots slots, Duration within) {
        this.invocation = invocation;
        this.slots = slots;
        this.within = within;
    }

    /** What was learnt: facts, when, and which input of {@code start} the binary took. */
    private record Entry(
            String identity, BinaryFacts facts, long at, Optional<StartInput> started) {
        boolean isFresh() {
            boolean old = System.nanoTime() - at > UNKNOWN_NANOS;
            return facts.generation() != BinaryFacts.Generation.UNKNOWN || !old;
        }
    }

    /** Asks a binary what it can do, unless it has said so. */
    BinaryFacts facts(ShimBinary binary, Deadline deadline) throws DavitException {
        Optional<Entry> known = entry(binary).filter(Entry::isFresh);
        if (known.isPresent()) {
            return known.get().facts();
        }
        BinaryFacts facts = ask(binary, deadline);
        Optional<StartInput> started = entry(binary).flatMap(Entry::started);
        entries.put(binary.path(), new Entry(binary.identity(), facts, System.nanoTime(), started));
        return facts;
    }

    private BinaryFacts ask(ShimBinary binary, Deadline deadline) throws DavitException {
        String what = "ask " + binary.path();
        Deadline own = Deadline.in(shorter(within, deadline.remaining()));
        try {
            return BinaryFacts.of(binary, slots.run(invocation.info(binary), what, own));
        } catch (DavitException e) {
            if (e.kind() == Kind.CANCELLED || deadline.isOver()) {
                throw e;
            }
            return BinaryFacts.unknown(binary, e.getMessage());
        }
    }

    /** The input of {@code start} that a binary is known to take. */
    Optional<StartInput> input(ShimBinary binary) {
        return entry(binary).flatMap(Entry::started);
    }

    /** Notes which input a binary took, and the mount types its shim claimed. */
    void started(ShimBinary binary, StartInput input, Set<String> claims) {
        entries.computeIfPresent(
                binary.path(),
                (path, entry) ->
                        entry.identity().equals(binary.identity())
                                ? new Entry(
                                        entry.identity(),
                                        entry.facts().claiming(claims),
                                        entry.at(),
                                        Optional.of(input))
                                : entry);
    }

    private Optional<Entry> entry(ShimBinary binary) {
        return Optional.ofNullable(entries.get(binary.path()))
                .filter(entry -> entry.identity().equals(binary.identity()));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}

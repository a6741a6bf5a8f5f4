package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.CollectMounts;
import io.davit.api.mount.CollectMounts.Lease;
import io.davit.api.mount.CollectMounts.Reference;
import io.davit.api.mount.CollectedMounts;
import io.davit.api.mount.CollectedMounts.Verdict;
import io.davit.mount.manager.ActivationRecord.Phase;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One call of {@code collect}. Confined to its thread. */
final class CollectCall {
    private final ManagerParts parts;
    private final CollectMounts request;
    private final Instant now = Instant.now();

    CollectCall(ManagerParts parts, CollectMounts request) {
        this.parts = parts;
        this.request = request;
    }

    CollectedMounts run() throws DavitException {
        MountCollection collection = new MountCollection(parts, record -> keeper(record).isEmpty());
        List<Verdict> verdicts = new ArrayList<>();
        for (ActivationRecord record : parts.store().all()) {
            Verdict verdict = verdict(record);
            verdicts.add(verdict);
            if (!verdict.kept() && verdict.name().isPresent()) {
                collection.remove(record.name());
            }
        }
        List<String> directories =
                collection.orphans().stream().map(TargetDirectory.Numbered::name).toList();
        List<String> failures = request.dryRun() ? List.of() : collection.finish().messages();
        return new CollectedMounts(verdicts, directories, failures);
    }

    private Verdict verdict(ActivationRecord record) {
        if (record.phase() == Phase.LEAVING) {
            return new Verdict(
                    Optional.empty(), record.id(), false, "given up, and not wholly undone");
        }
        Optional<String> keeper = keeper(record);
        return new Verdict(
                Optional.of(record.name()),
                record.id(),
                keeper.isPresent(),
                keeper.orElse("no living lease or object refers to it"));
    }

    /** Says what keeps an activation alive. */
    private Optional<String> keeper(ActivationRecord record) {
        if (record.id() > request.upTo()) {
            return Optional.of("activated after the mark");
        }
        if (record.lease().filter(lease -> isAlive(record, lease)).isPresent()) {
            return Optional.of("lease " + record.lease().get());
        }
        Reference itself = new Reference(record.name().namespace(), "mount", record.name().name());
        if (request.alive().contains(itself)) {
            return Optional.of("named by the request");
        }
        return MountCollection.references(record).stream()
                .filter(request.alive()::contains)
                .findFirst()
                .map(reference -> reference.kind() + " " + reference.id());
    }

    private boolean isAlive(ActivationRecord record, String lease) {
        Instant expires = request.leases().get(new Lease(record.name().namespace(), lease));
        return expires != null && expires.isAfter(now);
    }
}

package io.davit.mount.manager;

import io.davit.api.mount.ActivationName;
import io.davit.api.mount.CollectMounts.Reference;
import io.davit.api.names.Namespace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The step {@code gc}: a collection asked for everything, told what to remove, and ended. */
record ScenarioCollection(ManagerParts parts, Map<String, Object> step) {
    void run(Map<String, Object> outcome) {
        MountCollection collection = new MountCollection(parts, record -> true);
        List<ActivationRecord> all = collection.all();
        outcome.put("all", all.stream().map(ScenarioCollection::node).toList());
        outcome.put("active", List.of());
        List<String> namespaces =
                step.containsKey("namespaces")
                        ? Json.texts(step.get("namespaces"))
                        : List.of("test");
        List<Map<String, Object>> references = new ArrayList<>();
        for (ActivationRecord record : all) {
            if (namespaces.contains(record.name().namespace().name())) {
                for (Reference reference : MountCollection.references(record)) {
                    references.add(ScenarioValues.reference(reference, record.name().name()));
                }
            }
        }
        outcome.put("backRefs", references);
        outcome.put("leased", leased(collection));
        for (Map<String, Object> node : Json.objects(step.get("remove"))) {
            if ("mount".equals(node.getOrDefault("type", "mount"))) {
                collection.remove(
                        new ActivationName(
                                new Namespace((String) node.getOrDefault("namespace", "test")),
                                Json.text(node, "name")));
            }
        }
        if (!Json.truth(step, "cancel")) {
            collection.finish().throwIfAny();
        }
    }

    private List<Map<String, Object>> leased(MountCollection collection) {
        List<Map<String, Object>> leased = new ArrayList<>();
        for (Map<String, Object> lease : Json.objects(step.get("leases"))) {
            String namespace = Json.text(lease, "namespace");
            String id = Json.text(lease, "lease");
            List<String> names =
                    collection.leased(new Namespace(namespace), id).stream()
                            .map(ActivationName::name)
                            .toList();
            leased.add(Map.of("namespace", namespace, "lease", id, "names", names));
        }
        return leased;
    }

    private static Map<String, Object> node(ActivationRecord record) {
        return Map.of(
                "type",
                "mount",
                "namespace",
                record.name().namespace().name(),
                "name",
                record.name().name());
    }
}

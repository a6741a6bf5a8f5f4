package io.davit.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.test.common.annotation.InjectBundleContext;
import org.osgi.test.junit5.context.BundleContextExtension;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The table of "who may import whom" in ARCHITECTURE.md, checked against the real wires. */
@ExtendWith(BundleContextExtension.class)
class LayeringTest {
    private static final String OURS = "io.davit.";

    private static final Map<String, Set<String>> MAY_IMPORT =
            Map.ofEntries(
                    Map.entry("io.davit.api", Set.of()),
                    Map.entry("io.davit.journal", Set.of()),
                    Map.entry("io.davit.linux", Set.of()),
                    Map.entry("io.davit.ttrpc", Set.of()),
                    Map.entry("io.davit.oci", Set.of("api.errors", "api.names")),
                    Map.entry(
                            "io.davit.mount.manager",
                            Set.of("api.errors", "api.mount", "api.names", "spi.mount", "journal")),
                    Map.entry(
                            "io.davit.mount.linux",
                            Set.of("api.errors", "api.mount", "api.names", "spi.mount", "linux")),
                    Map.entry(
                            "io.davit.shim.manager",
                            Set.of(
                                    "api.errors",
                                    "api.mount",
                                    "api.names",
                                    "api.shim",
                                    "api.task",
                                    "spi.shim")),
                    Map.entry(
                            "io.davit.shim.wasm",
                            Set.of(
                                    "api.errors",
                                    "api.mount",
                                    "api.names",
                                    "api.task",
                                    "spi.shim",
                                    "oci")),
                    Map.entry(
                            "io.davit.shim.containerd",
                            Set.of(
                                    "api.errors",
                                    "api.mount",
                                    "api.names",
                                    "api.task",
                                    "spi.shim",
                                    "linux",
                                    "oci",
                                    "ttrpc")),
                    Map.entry(
                            "io.davit.shim.oci",
                            Set.of(
                                    "api.errors",
                                    "api.mount",
                                    "api.names",
                                    "api.task",
                                    "spi.shim",
                                    "linux",
                                    "oci")),
                    Map.entry(
                            "io.davit.task.manager",
                            Set.of(
                                    "api.errors",
                                    "api.mount",
                                    "api.names",
                                    "api.shim",
                                    "api.task",
                                    "journal",
                                    "oci")),
                    // events carry mounts
                    Map.entry(
                            "io.davit.event.exchange",
                            Set.of("api.errors", "api.mount", "api.names", "api.task", "journal")),
                    Map.entry(
                            "io.davit.shell",
                            Set.of(
                                    "api.errors",
                                    "api.mount",
                                    "api.names",
                                    "api.shim",
                                    "api.task",
                                    "oci")));

    /** Who may export, and under which prefixes. */
    private static final Map<String, List<String>> MAY_EXPORT =
            Map.of(
                    "io.davit.api", List.of("io.davit.api.", "io.davit.spi."),
                    "io.davit.journal", List.of("io.davit.journal"),
                    "io.davit.linux", List.of("io.davit.linux"),
                    "io.davit.oci", List.of("io.davit.oci"),
                    "io.davit.ttrpc", List.of("io.davit.ttrpc"));

    @InjectBundleContext BundleContext context;

    @Test
    void every_bundle_of_ours_is_in_the_table() {
        Set<String> found = new TreeSet<>(ours().map(Bundle::getSymbolicName).toList());
        assertEquals(new TreeSet<>(MAY_IMPORT.keySet()), found);
    }

    @Test
    void every_wire_between_our_bundles_is_allowed() {
        List<String> forbidden =
                ours().flatMap(
                                bundle ->
                                        imports(bundle)
                                                .filter(name -> !mayImport(bundle, name))
                                                .map(name -> bundle + " imports " + name))
                        .toList();
        assertEquals(List.of(), forbidden);
    }

    @Test
    void only_the_api_and_the_libraries_export() {
        List<String> forbidden =
                ours().flatMap(
                                bundle ->
                                        exports(bundle)
                                                .filter(name -> !mayExport(bundle, name))
                                                .map(name -> bundle + " exports " + name))
                        .toList();
        assertEquals(List.of(), forbidden);
    }

    @Test
    void no_bundle_has_an_activator() {
        List<Bundle> found =
                ours().filter(b -> b.getHeaders().get(Constants.BUNDLE_ACTIVATOR) != null).toList();
        assertEquals(List.of(), found);
    }

    private Stream<Bundle> ours() {
        return Stream.of(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().startsWith(OURS))
                .filter(bundle -> bundle != context.getBundle());
    }

    private static Stream<String> imports(Bundle bundle) {
        return wiring(bundle).getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE).stream()
                .map(BundleWire::getCapability)
                .map(LayeringTest::name)
                .filter(name -> name.startsWith(OURS));
    }

    private static Stream<String> exports(Bundle bundle) {
        return wiring(bundle).getCapabilities(PackageNamespace.PACKAGE_NAMESPACE).stream()
                .map(LayeringTest::name);
    }

    private static boolean mayImport(Bundle bundle, String name) {
        return MAY_IMPORT
                .getOrDefault(bundle.getSymbolicName(), Set.of())
                .contains(name.substring(OURS.length()));
    }

    private static boolean mayExport(Bundle bundle, String name) {
        return MAY_EXPORT.getOrDefault(bundle.getSymbolicName(), List.of()).stream()
                .anyMatch(name::startsWith);
    }

    private static BundleWiring wiring(Bundle bundle) {
        return bundle.adapt(BundleWiring.class);
    }

    private static String name(BundleCapability capability) {
        return (String) capability.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE);
    }
}

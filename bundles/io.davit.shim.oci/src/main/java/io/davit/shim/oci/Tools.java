package io.davit.shim.oci;

import java.util.Map;
import java.util.Set;

/**
 * The programs that a task is run with.
 *
 * @param runtime the OCI runtime
 * @param conmon the path of the monitor
 * @param features what the runtime can do besides
 * @param attributes what a person may want to know about the choice
 */
record Tools(
        OciRuntime runtime, String conmon, Set<String> features, Map<String, String> attributes) {
    Tools {
        features = Set.copyOf(features);
        attributes = Map.copyOf(attributes);
    }
}

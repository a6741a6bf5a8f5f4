package io.davit.shim.oci;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The programs that a task is run with.
 *
 * @param runtime the OCI runtime
 * @param conmon the path of the monitor
 * @param specVersion the newest version of the specification that the runtime knows
 * @param features what the runtime can do besides
 * @param attributes what a person may want to know about the choice
 */
record Tools(
        OciRuntime runtime,
        String conmon,
        Optional<String> specVersion,
        Set<String> features,
        Map<String, String> attributes) {
    Tools {
        features = Set.copyOf(features);
        attributes = Map.copyOf(attributes);
    }
}

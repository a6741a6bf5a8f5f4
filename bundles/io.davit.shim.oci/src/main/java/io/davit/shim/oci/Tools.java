package io.davit.shim.oci;

import io.davit.linux.CgroupLayout;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A choice of programs for this machine.
 *
 * @param programs the programs
 * @param specVersion the newest version of the specification that the runtime knows
 * @param cgroups how control groups are mounted
 * @param features what the runtime can do besides
 * @param attributes what a person may want to know about the choice
 */
record Tools(
        Programs programs,
        Optional<String> specVersion,
        CgroupLayout cgroups,
        Set<String> features,
        Map<String, String> attributes) {
    Tools {
        features = Set.copyOf(features);
        attributes = Map.copyOf(attributes);
    }
}

package io.davit.oci;

import java.util.List;

/**
 * The five sets of capabilities of a process, by name ({@code CAP_CHOWN}).
 *
 * @param bounding what can ever be had; copied
 * @param effective what holds; copied
 * @param inheritable what programs of this user may keep; copied
 * @param permitted what may be made effective; copied
 * @param ambient what new programs get; copied
 * @since 1.0
 */
public record Capabilities(
        List<String> bounding,
        List<String> effective,
        List<String> inheritable,
        List<String> permitted,
        List<String> ambient) {
    private static final String PREFIX = "CAP_";

    /** Copies all. */
    public Capabilities {
        bounding = List.copyOf(bounding);
        effective = List.copyOf(effective);
        inheritable = List.copyOf(inheritable);
        permitted = List.copyOf(permitted);
        ambient = List.copyOf(ambient);
    }

    static Capabilities read(JsonObject sets) {
        return new Capabilities(
                names(sets, "bounding"),
                names(sets, "effective"),
                names(sets, "inheritable"),
                names(sets, "permitted"),
                names(sets, "ambient"));
    }

    private static List<String> names(JsonObject sets, String field) {
        List<String> names = sets.texts(field);
        for (String name : names) {
            SpecRules.requireName(sets, field, name);
            if (!name.startsWith(PREFIX)) {
                throw sets.invalid(field, "each must begin with " + PREFIX);
            }
        }
        return names;
    }
}

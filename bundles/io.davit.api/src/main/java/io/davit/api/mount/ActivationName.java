package io.davit.api.mount;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Namespace;
import io.davit.api.names.Texts;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The key of a mount activation. Never part of a path.
 *
 * @param namespace the namespace; not {@code null}
 * @param name 1 to 255 bytes of UTF-8 without control characters and without a component {@code .}
 *     or {@code ..} between slashes; otherwise free
 * @since 1.0
 */
public record ActivationName(Namespace namespace, String name)
        implements Comparable<ActivationName> {
    /** The most bytes of a name. */
    public static final int LONGEST = 255;

    /**
     * Checks the name.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if the name is missing, too long or malformed
     */
    public ActivationName {
        Objects.requireNonNull(namespace, "namespace");
        if (name == null || name.isEmpty()) {
            throw invalid("must not be empty");
        }
        if (name.length() > LONGEST || name.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw invalid(Texts.quote(name) + " is longer than " + LONGEST + " bytes");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw invalid(Texts.quote(name) + " holds a control character");
        }
        for (String part : name.split("/", -1)) {
            if (part.equals(".") || part.equals("..")) {
                throw invalid(Texts.quote(name) + " holds a component " + part);
            }
        }
    }

    private static DavitException invalid(String why) {
        return new DavitException(Kind.INVALID_ARGUMENT, "invalid activation name: " + why);
    }

    @Override
    public int compareTo(ActivationName other) {
        int order = namespace.compareTo(other.namespace);
        return order != 0 ? order : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}

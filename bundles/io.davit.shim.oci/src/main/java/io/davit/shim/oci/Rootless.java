package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.linux.Owner;
import io.davit.oci.Json;
import io.davit.oci.LinuxSpec;
import io.davit.oci.RuntimeSpec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fits a specification for an ordinary user: the container's root is that user, in a user namespace
 * of its own.
 *
 * <p>Source: what {@code runc spec --rootless} does.
 */
final class Rootless {
    private static final List<String> LIMITS =
            List.of("memory", "cpu", "pids", "blockIO", "hugepageLimits", "unified");

    private final RuntimeSpec spec;
    private final Owner user;
    private final boolean delegated;

    /**
     * Prepares a change.
     *
     * @param user who runs the container
     * @param delegated whether somebody makes control groups for this user
     */
    Rootless(RuntimeSpec spec, Owner user, boolean delegated) {
        this.spec = spec;
        this.user = user;
        this.delegated = delegated;
    }

    /**
     * Returns a changed copy.
     *
     * @throws DavitException {@code NOT_IMPLEMENTED} for limits that nobody can set, naming the
     *     field
     */
    Map<String, Object> adapt(Map<String, Object> tree) throws DavitException {
        Map<String, Object> adapted = tree;
        if (!delegated) {
            refuseLimits();
            adapted = Json.with(adapted, null, "linux", "resources");
            adapted = Json.with(adapted, null, "linux", "cgroupsPath");
        }
        boolean own = spec.linux().map(linux -> linux.hasOwn("user")).orElse(false);
        return own ? adapted : inUserNamespace(adapted);
    }

    private void refuseLimits() throws DavitException {
        Optional<Map<String, Object>> resources =
                spec.linux().flatMap(LinuxSpec::resources).map(r -> r.object().tree());
        for (String limit : LIMITS) {
            if (resources.isPresent() && resources.get().get(limit) != null) {
                throw new DavitException(
                        Kind.NOT_IMPLEMENTED,
                        "spec.linux.resources."
                                + limit
                                + ": an ordinary user has no control groups here");
            }
        }
    }

    private Map<String, Object> inUserNamespace(Map<String, Object> tree) throws DavitException {
        List<Object> namespaces = list(tree, "linux", "namespaces");
        namespaces.add(Map.of("type", "user"));
        Map<String, Object> adapted = Json.with(tree, namespaces, "linux", "namespaces");
        adapted = Json.with(adapted, mapping(user.uid()), "linux", "uidMappings");
        adapted = Json.with(adapted, mapping(user.gid()), "linux", "gidMappings");
        List<Object> mounts = new ArrayList<>();
        for (Object mount : list(adapted, "mounts")) {
            mounts.add(fit(mount));
        }
        return Json.with(adapted, mounts, "mounts");
    }

    private static List<Object> list(Map<String, Object> tree, String... path) {
        Object value = tree;
        for (String name : path) {
            value = value instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return value instanceof List<?> list ? new ArrayList<>(list) : new ArrayList<>();
    }

    private static List<Object> mapping(int id) {
        return List.of(Map.of("containerID", 0, "hostID", id, "size", 1));
    }

    /** Owners that do not exist inside are left out. */
    private static Object fit(Object mount) throws DavitException {
        Map<String, Object> fields = asMap(mount);
        List<Object> options = list(fields, "options");
        boolean changed =
                options.removeIf(
                        o -> o.toString().startsWith("gid=") || o.toString().startsWith("uid="));
        return changed ? Json.with(fields, options, "options") : mount;
    }

    /** Keys of a document are text. */
    @SuppressWarnings("unchecked")
    private static Map<String, Object> asMap(Object value) {
        return (Map<String, Object>) value;
    }
}

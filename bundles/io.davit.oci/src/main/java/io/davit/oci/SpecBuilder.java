package io.davit.oci;

import io.davit.api.errors.DavitException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a specification, from strict defaults on. Confined to one thread.
 *
 * @since 1.0
 */
public final class SpecBuilder {
    /** The version that every runtime in use takes; crun 1.8 refuses a newer one. */
    private static final String VERSION = "1.0.2";

    private static final String PATH =
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Map<String, Object> tree = new LinkedHashMap<>();
    private final List<Object> mounts = new ArrayList<>();

    private SpecBuilder() {
        field(VERSION, "ociVersion");
        field(List.of(), "process", "args");
        field(List.of(), "process", "env");
        field("/", "process", "cwd");
    }

    /**
     * Begins a specification for a WebAssembly task: arguments, environment and root alone.
     *
     * @return never {@code null}
     */
    public static SpecBuilder wasm() {
        return new SpecBuilder().root("rootfs", false);
    }

    /**
     * Begins a specification for a Linux container that is kept apart from its host: own
     * namespaces, few capabilities, a filter of system calls, masked and protected paths, no new
     * privileges.
     *
     * @return never {@code null}
     */
    public static SpecBuilder linux() {
        SpecBuilder spec = new SpecBuilder().root("rootfs", false).env(List.of(PATH));
        spec.user(SpecUser.ROOT)
                .field(LinuxDefaults.capabilities(), "process", "capabilities")
                .field(LinuxDefaults.rlimits(), "process", "rlimits")
                .field(true, "process", "noNewPrivileges")
                .field(LinuxDefaults.namespaces(), "linux", "namespaces")
                .field(LinuxDefaults.devices(), "linux", "resources", "devices")
                .field(LinuxDefaults.MASKED, "linux", "maskedPaths")
                .field(LinuxDefaults.READONLY, "linux", "readonlyPaths")
                .field(LinuxDefaults.seccomp(), "linux", "seccomp");
        spec.mounts.addAll(LinuxDefaults.mounts());
        return spec;
    }

    /**
     * Sets the program and its arguments.
     *
     * @param args at least one; copied
     * @return this
     */
    public SpecBuilder args(List<String> args) {
        return field(List.copyOf(args), "process", "args");
    }

    /**
     * Sets the environment, in place of the default one.
     *
     * @param env as {@code NAME=value}; copied
     * @return this
     */
    public SpecBuilder env(List<String> env) {
        return field(List.copyOf(env), "process", "env");
    }

    /**
     * Sets where the program starts.
     *
     * @param cwd an absolute path
     * @return this
     */
    public SpecBuilder cwd(String cwd) {
        return field(cwd, "process", "cwd");
    }

    /**
     * Sets who the program runs as.
     *
     * @param user the user
     * @return this
     */
    public SpecBuilder user(SpecUser user) {
        field(user.uid(), "process", "user", "uid");
        field(user.gid(), "process", "user", "gid");
        if (user.umask().isPresent()) {
            field(user.umask().getAsLong(), "process", "user", "umask");
        }
        return user.additionalGids().isEmpty()
                ? this
                : field(user.additionalGids(), "process", "user", "additionalGids");
    }

    /**
     * Sets whether the program has a terminal.
     *
     * @param terminal whether it has
     * @return this
     */
    public SpecBuilder terminal(boolean terminal) {
        return field(terminal, "process", "terminal");
    }

    /**
     * Sets the root filesystem.
     *
     * @param path absolute, or relative to the bundle
     * @param readonly whether nothing in it can be changed
     * @return this
     */
    public SpecBuilder root(String path, boolean readonly) {
        return field(path, "root", "path").field(readonly, "root", "readonly");
    }

    /**
     * Sets the host's name inside.
     *
     * @param hostname the name
     * @return this
     */
    public SpecBuilder hostname(String hostname) {
        return field(hostname, "hostname");
    }

    /**
     * Adds a mount behind those that are there.
     *
     * @param mount the mount
     * @return this
     */
    public SpecBuilder mount(SpecMount mount) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("destination", mount.destination());
        mount.type().ifPresent(type -> fields.put("type", type));
        mount.source().ifPresent(source -> fields.put("source", source));
        fields.put("options", mount.options());
        if (!mount.uidMappings().isEmpty()) {
            fields.put("uidMappings", mappings(mount.uidMappings()));
        }
        if (!mount.gidMappings().isEmpty()) {
            fields.put("gidMappings", mappings(mount.gidMappings()));
        }
        mounts.add(fields);
        return this;
    }

    /**
     * Binds a path of the host into the container, with everything mounted below it.
     *
     * @param source a path of the host
     * @param destination an absolute path in the container
     * @param readonly whether it can only be read
     * @return this
     */
    public SpecBuilder bind(String source, String destination, boolean readonly) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("destination", destination);
        fields.put("type", "bind");
        fields.put("source", source);
        fields.put("options", List.of("rbind", "rprivate", readonly ? "ro" : "rw"));
        mounts.add(fields);
        return this;
    }

    /**
     * Limits memory.
     *
     * @param bytes the limit
     * @return this
     */
    public SpecBuilder memoryLimit(long bytes) {
        return field(bytes, "linux", "resources", "memory", "limit");
    }

    /**
     * Limits processes and threads.
     *
     * @param limit how many
     * @return this
     */
    public SpecBuilder pidsLimit(long limit) {
        return field(limit, "linux", "resources", "pids", "limit");
    }

    /**
     * Puts the task into a user namespace.
     *
     * @param uids users inside and outside
     * @param gids groups inside and outside
     * @return this
     */
    public SpecBuilder userNamespace(List<IdMapping> uids, List<IdMapping> gids) {
        List<Object> namespaces = LinuxDefaults.namespaces();
        namespaces.add(Map.of("type", "user"));
        return field(namespaces, "linux", "namespaces")
                .field(mappings(uids), "linux", "uidMappings")
                .field(mappings(gids), "linux", "gidMappings");
    }

    /**
     * Sets an annotation.
     *
     * @param key the key
     * @param value the value
     * @return this
     */
    public SpecBuilder annotation(String key, String value) {
        return field(value, "annotations", key);
    }

    /**
     * Sets any field.
     *
     * @param value the value, as {@link Json#write} takes it; {@code null} to remove the field
     * @param path names of fields from the outermost in
     * @return this
     */
    public SpecBuilder field(Object value, String... path) {
        tree = Json.with(tree, value, path);
        return this;
    }

    /**
     * Checks and makes the specification.
     *
     * @return never {@code null}
     * @throws DavitException as for {@link RuntimeSpec#parse(String)}
     */
    public RuntimeSpec build() throws DavitException {
        Map<String, Object> whole =
                mounts.isEmpty() ? tree : Json.with(tree, List.copyOf(mounts), "mounts");
        return RuntimeSpec.parse(Json.write(whole));
    }

    private static List<Object> mappings(List<IdMapping> mappings) {
        List<Object> list = new ArrayList<>();
        for (IdMapping mapping : mappings) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("containerID", mapping.containerId());
            fields.put("hostID", mapping.hostId());
            fields.put("size", mapping.size());
            list.add(fields);
        }
        return list;
    }
}

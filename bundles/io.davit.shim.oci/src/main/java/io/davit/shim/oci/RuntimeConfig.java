package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.Mount;
import io.davit.linux.LinuxException;
import io.davit.linux.Owner;
import io.davit.oci.Json;
import io.davit.oci.JsonObject;
import io.davit.oci.ProcessSpec;
import io.davit.oci.Resources;
import io.davit.oci.RuntimeSpec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The specification of a task as the runtime gets it: as it was given, but for what depends on this
 * machine and on how the task is created.
 *
 * <p>The root filesystem is named absolutely; a control group is always named, because a runtime
 * would else put the task below its caller's own; the terminal is there if streams say so; limits
 * that this process may not set are lowered to those that it has. Confined to one thread.
 */
final class RuntimeConfig {
    static final String FILE = "config.json";

    private static final String GROUP = "/davit/";

    private static final Map<String, Object> SHOWN_SYSFS =
            Map.of(
                    "destination",
                    "/sys",
                    "type",
                    "none",
                    "source",
                    "/sys",
                    "options",
                    List.of("rbind", "nosuid", "noexec", "nodev", "ro"));

    private final TaskLayout layout;
    private final RuntimeSpec spec;
    private Map<String, Object> tree;

    /** Begins with the specification as it was given. */
    RuntimeConfig(TaskLayout layout, RuntimeSpec spec) {
        this.layout = layout;
        this.spec = spec;
        this.tree = spec.object().tree();
    }

    /** Reads the specification of a task as it was given. */
    static RuntimeSpec specification(TaskLayout layout) throws LinuxException, DavitException {
        PrivateFiles bundle = new PrivateFiles(layout.bundle().path());
        return RuntimeSpec.parse(bundle.read(FILE, Json.LONGEST).orElse(""));
    }

    /**
     * Names the root filesystem.
     *
     * @param mounts what makes it up; empty to take what the specification says
     * @param shown the directory that is taken instead of mounts
     */
    RuntimeConfig root(List<Mount> mounts, Optional<Path> shown) throws DavitException {
        Path given = Path.of(spec.root().map(root -> root.path()).orElse("rootfs"));
        Path own =
                mounts.isEmpty() ? layout.bundle().path().resolve(given) : layout.bundle().rootfs();
        Path root = shown.orElse(own);
        Path path = real(root);
        RootReach.require(layout.id(), path, spec);
        set(path.toString(), "root", "path");
        if (Rootfs.isReadOnly(mounts)) {
            // crun makes a read-only mount writable unless it is told otherwise.
            set(true, "root", "readonly");
        }
        return this;
    }

    /** runc takes no path with a link in it. */
    private static Path real(Path root) {
        try {
            return root.toRealPath();
        } catch (IOException e) {
            return root;
        }
    }

    /**
     * Lowers the version of the format to the one the runtime knows, which refuses newer ones; what
     * they add is ignored then.
     *
     * @param known the newest version the runtime knows
     */
    RuntimeConfig version(Optional<String> known) throws DavitException {
        if (known.isPresent() && minor(known.get()) < minor(spec.ociVersion())) {
            set(known.get(), "ociVersion");
        }
        return this;
    }

    private static int minor(String version) {
        String[] numbers = version.split("[.+-]");
        return Integer.parseInt(numbers[1]);
    }

    /** Gives the process a terminal or none. */
    RuntimeConfig terminal(boolean terminal) throws DavitException {
        set(terminal, "process", "terminal");
        return this;
    }

    /**
     * Fits it for the user that runs it, if that is not root.
     *
     * @param systemd whether systemd makes control groups for it
     */
    RuntimeConfig user(Owner user, boolean systemd) throws DavitException {
        if (user.uid() != 0) {
            tree = new Rootless(spec, user, systemd).adapt(tree);
        }
        return this;
    }

    /**
     * Shows the host's sysfs where a new one cannot be mounted: in a user namespace that has no
     * network namespace of its own.
     */
    RuntimeConfig sysfs(Owner user) throws DavitException {
        boolean apart = user.uid() != 0 || hasOwn("user");
        if (apart && !hasOwn("network") && tree.get("mounts") instanceof List<?> mounts) {
            List<Object> changed = new ArrayList<>(mounts);
            changed.replaceAll(
                    each ->
                            each instanceof Map<?, ?> mount && "sysfs".equals(mount.get("type"))
                                    ? SHOWN_SYSFS
                                    : each);
            set(changed, "mounts");
        }
        return this;
    }

    private boolean hasOwn(String namespace) {
        return spec.linux().map(linux -> linux.hasOwn(namespace)).orElse(false);
    }

    /** Lowers limits that cannot be set here. */
    RuntimeConfig limits(OwnLimits own) throws DavitException {
        Optional<List<Object>> lowered = own.lower(spec.process().rlimits());
        if (lowered.isPresent()) {
            set(lowered.get(), "process", "rlimits");
        }
        return this;
    }

    /** Names the control group. */
    RuntimeConfig cgroup(boolean systemd) throws DavitException {
        Optional<String> given = spec.linux().flatMap(linux -> linux.cgroupsPath());
        String namespace = layout.id().namespace().toString();
        String own = GROUP + namespace + "/" + layout.container() + "-" + place();
        if (systemd) {
            String unit = "davit:" + namespace + "-" + layout.container() + "-" + place();
            String slice = Owner.ofProcess().uid() == 0 ? "system.slice:" : "user.slice:";
            set(given.orElse(slice + unit), "linux", "cgroupsPath");
        } else if (given.isEmpty()) {
            set(own, "linux", "cgroupsPath");
        } else if (!given.get().startsWith("/")) {
            set(GROUP + given.get(), "linux", "cgroupsPath");
        }
        return this;
    }

    /** Tells tasks of one name apart that different managers of this machine have. */
    private String place() {
        CRC32C sum = new CRC32C();
        sum.update(layout.bundle().path().toString().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    private void set(Object value, String... path) throws DavitException {
        tree = Json.with(tree, value, path);
    }

    /** Notes what the plugin has to know of the specification later. */
    RuntimeConfig note(ProcessRecord record) throws DavitException {
        JsonObject document = spec.object();
        record.flag(ProcessRecord.Flag.START_HOOKS, hasHooks(document, "poststart"));
        record.flag(ProcessRecord.Flag.DELETE_HOOKS, hasHooks(document, "poststop"));
        Optional<Resources> resources = spec.linux().flatMap(linux -> linux.resources());
        boolean limited = resources.map(r -> r.memoryLimit().orElse(-1) > 0).orElse(false);
        record.flag(ProcessRecord.Flag.WATCH_MEMORY, limited);
        return this;
    }

    private static boolean hasHooks(JsonObject document, String when) throws DavitException {
        return document.object("hooks", hooks -> !hooks.objects(when, hook -> hook).isEmpty())
                .orElse(false);
    }

    /** Puts it where the runtime looks for it. */
    void write(PrivateFiles files) throws LinuxException {
        files.write(FILE, Json.write(tree));
    }

    /** Returns the description of a further process as the runtime gets it. */
    static String exec(String json, boolean terminal, OwnLimits own) throws DavitException {
        ProcessSpec process = ProcessSpec.parse(json);
        Map<String, Object> tree = Json.with(process.object().tree(), terminal, "terminal");
        Optional<List<Object>> lowered = own.lower(process.rlimits());
        if (lowered.isPresent()) {
            tree = Json.with(tree, lowered.get(), "rlimits");
        }
        return Json.write(tree);
    }
}

package io.davit.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What of a well-formed specification is allowed here.
 *
 * @param hooks whether it may name programs to run on the host
 * @param hardened whether it must mask and protect at least the default paths
 * @param requireLimits whether it must limit memory and processes
 * @param forbiddenSources paths that must not be bound into a container, nor anything below them;
 *     {@code /} forbids itself alone; copied
 * @since 1.0
 */
public record SpecPolicy(
        boolean hooks, boolean hardened, boolean requireLimits, Set<String> forbiddenSources) {
    /** No hooks, otherwise everything that is well-formed. */
    public static final SpecPolicy DEFAULT = new SpecPolicy(false, false, false, Set.of());

    /** Parameters that the kernel keeps apart for each ipc namespace. */
    private static final Set<String> IPC =
            Set.of(
                    "kernel.msgmax",
                    "kernel.msgmnb",
                    "kernel.msgmni",
                    "kernel.sem",
                    "kernel.shmall",
                    "kernel.shmmax",
                    "kernel.shmmni",
                    "kernel.shm_rmid_forced");

    private static final String MQUEUE = "fs.mqueue.";
    private static final String NET = "net.";

    /** Parameters that the kernel keeps apart for each uts namespace. */
    private static final Set<String> UTS = Set.of("kernel.hostname", "kernel.domainname");

    /** Copies the set. */
    public SpecPolicy {
        forbiddenSources = Set.copyOf(forbiddenSources);
    }

    /**
     * Refuses what is not allowed.
     *
     * @param spec what to look at; not {@code null}
     * @throws DavitException {@code PERMISSION_DENIED}, naming the field
     */
    public void require(RuntimeSpec spec) throws DavitException {
        if (spec.hooks() && !hooks) {
            throw denied("spec.hooks", "not allowed here");
        }
        requireSources(spec.mounts());
        spec.linux().ifPresent(this::requireLinux);
        if (requireLimits) {
            requireLimits(spec.linux().flatMap(LinuxSpec::resources).orElse(null));
        }
    }

    /**
     * Refuses limits that are not allowed, as an update brings them.
     *
     * @param resources what to look at; not {@code null}
     * @throws DavitException {@code PERMISSION_DENIED}, naming the field
     */
    public void require(Resources resources) throws DavitException {
        if (requireLimits && isUnlimited(resources.memoryLimit())) {
            throw denied("resources.memory.limit", "a limit is required");
        }
        if (requireLimits && isUnlimited(resources.pids())) {
            throw denied("resources.pids.limit", "a limit is required");
        }
    }

    private static boolean isUnlimited(OptionalLong limit) {
        return limit.isPresent() && limit.getAsLong() < 0;
    }

    private static void requireLimits(Resources resources) {
        if (resources == null || resources.memoryLimit().orElse(-1) < 0) {
            throw denied("spec.linux.resources.memory.limit", "a limit is required");
        }
        if (resources.pids().orElse(-1) < 0) {
            throw denied("spec.linux.resources.pids.limit", "a limit is required");
        }
    }

    private void requireLinux(LinuxSpec linux) {
        for (String key : linux.sysctl().keySet()) {
            if (!isNamespaced(key.replace('/', '.'), linux)) {
                String field = JsonPath.field("spec.linux.sysctl", key);
                throw denied(field, "would change more than this task's own namespaces");
            }
        }
        if (hardened) {
            requireAll("spec.linux.maskedPaths", linux.maskedPaths(), LinuxDefaults.MASKED);
            requireAll("spec.linux.readonlyPaths", linux.readonlyPaths(), LinuxDefaults.READONLY);
        }
    }

    /** Whether the kernel keeps a parameter apart in a namespace of the task's own. */
    private static boolean isNamespaced(String key, LinuxSpec linux) {
        if (key.startsWith(NET)) {
            return linux.hasOwn("network");
        }
        if (IPC.contains(key) || key.startsWith(MQUEUE)) {
            return linux.hasOwn("ipc");
        }
        return UTS.contains(key) && linux.hasOwn("uts");
    }

    private static void requireAll(String field, List<String> there, List<String> wanted) {
        for (String path : wanted) {
            if (!there.contains(path)) {
                throw denied(field, path + " must be among them");
            }
        }
    }

    /** By text alone; whoever performs the mount looks again at what it has opened. */
    private void requireSources(List<SpecMount> mounts) {
        for (int i = 0; i < mounts.size(); i++) {
            SpecMount mount = mounts.get(i);
            String source = mount.isBind() ? mount.source().orElse("") : "";
            for (String forbidden : forbiddenSources) {
                boolean below =
                        forbidden.equals("/")
                                ? source.equals("/")
                                : SpecRules.isBelow(source, forbidden);
                if (below) {
                    String quoted = Texts.quote(source);
                    throw denied("spec.mounts[" + i + "].source", quoted + " must not be bound");
                }
            }
        }
    }

    private static DavitException denied(String field, String why) {
        return new DavitException(Kind.PERMISSION_DENIED, field + ": " + why);
    }
}

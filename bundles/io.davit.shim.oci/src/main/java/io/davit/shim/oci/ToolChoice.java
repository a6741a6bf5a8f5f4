package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.linux.CgroupLayout;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** One choice of programs, with its reasons. Confined to one thread. */
final class ToolChoice {
    private static final String CRIU = "criu";

    /** Among them that what a task writes stays in its log. */
    private static final List<String> ALWAYS = List.of("attach", "exec", "output.kept", "terminal");

    /** What needs control groups of the task's own. */
    private static final List<String> WITH_GROUPS = List.of("metrics", "pause", "update");

    private final Toolbox toolbox;
    private final CgroupLayout cgroups;
    private final Deadline deadline;
    private final Map<String, String> attributes = new TreeMap<>();
    private final List<String> passedOver = new ArrayList<>();

    ToolChoice(Toolbox toolbox, CgroupLayout cgroups, Deadline deadline) {
        this.toolbox = toolbox;
        this.cgroups = cgroups;
        this.deadline = deadline;
    }

    /** Takes the first runtime that can be used here. */
    Tools run(List<String> runtimes) throws DavitException {
        attributes.put("user", Toolbox.isRoot() ? "root" : "rootless");
        attributes.put("cgroup.layout", cgroups.kind().name().toLowerCase(Locale.ROOT));
        attributes.put("cgroup.driver", driver());
        String conmon = conmon();
        for (String name : runtimes) {
            try {
                return use(name, conmon);
            } catch (DavitException e) {
                if (e.kind() == Kind.CANCELLED || e.kind() == Kind.DEADLINE_EXCEEDED) {
                    throw e;
                }
                passedOver.add(name + ": " + e.getMessage());
            }
        }
        throw new DavitException(
                Kind.UNAVAILABLE, "no OCI runtime can be used: " + String.join("; ", passedOver));
    }

    /** Root makes its groups itself; an ordinary user has none but those systemd hands out. */
    private boolean isSystemd() {
        return switch (toolbox.settings().driver()) {
            case SYSTEMD -> true;
            case CGROUPFS -> false;
            case AUTO -> !Toolbox.isRoot() && hasUserManager();
        };
    }

    private boolean hasUserManager() {
        String directory = System.getenv("XDG_RUNTIME_DIR");
        return cgroups.kind() == CgroupLayout.Kind.UNIFIED
                && directory != null
                && Files.exists(Path.of(directory, "systemd", "private"));
    }

    private String driver() {
        if (isSystemd()) {
            return "systemd";
        }
        return Toolbox.isRoot() ? "cgroupfs" : "none: no systemd makes groups for this user";
    }

    private String conmon() throws DavitException {
        try {
            Toolbox.Known known = toolbox.find(toolbox.settings().conmon(), deadline);
            Path path = known.program().path();
            attributes.put("conmon", path + " " + known.facts().version().text());
            return path.toString();
        } catch (DavitException e) {
            if (e.kind() == Kind.CANCELLED || e.kind() == Kind.DEADLINE_EXCEEDED) {
                throw e;
            }
            throw new DavitException(
                    Kind.UNAVAILABLE, "no monitor can be used: " + e.getMessage(), e);
        }
    }

    private Tools use(String name, String conmon) throws DavitException {
        Toolbox.Known known = toolbox.find(name, deadline);
        RuntimeVersion version = known.facts().version();
        toolbox.requireAllowed(version);
        RuntimeKind kind = RuntimeKind.of(version.name());
        Optional<String> hide = hide(kind);
        Path path = known.program().path();
        OciRuntime runtime = new OciRuntime(path, kind, isSystemd(), hide);
        attributes.put("oci.runtime", path.toString());
        attributes.put("oci.version", version.name() + " " + version.text());
        hide.ifPresent(
                mount -> attributes.put("oci.hidden.mount", mount + ", with which crun refuses"));
        if (toolbox.settings().vulnerable() == Settings.Vulnerable.WARN) {
            version.knownVulnerable().ifPresent(why -> attributes.put("warning", why));
        }
        if (!passedOver.isEmpty()) {
            attributes.put("passed.over", String.join("; ", passedOver));
        }
        Set<String> features = features(known.facts());
        return new Tools(
                new Programs(runtime, conmon), version.spec(), cgroups, features, attributes);
    }

    private Set<String> features(ProgramFacts facts) {
        Set<String> features = new HashSet<>(facts.features());
        features.addAll(ALWAYS);
        if (Toolbox.isRoot() || isSystemd()) {
            features.addAll(WITH_GROUPS);
        }
        String checkpoint = checkpoint(facts);
        attributes.put(ProgramFacts.CHECKPOINT, checkpoint);
        if (checkpoint.startsWith("no: ")) {
            features.remove(ProgramFacts.CHECKPOINT);
        }
        return features;
    }

    /** Says with what checkpoints are made; whether that fits the kernel is tried when asked. */
    private String checkpoint(ProgramFacts facts) {
        if (!facts.features().contains(ProgramFacts.CHECKPOINT)) {
            return "no: the runtime was built without criu";
        }
        if (!Toolbox.isRoot()) {
            return "no: needs root";
        }
        try {
            return TrustedProgram.find(CRIU, toolbox.settings().searchPath()).path().toString();
        } catch (DavitException e) {
            return "no: " + e.getMessage();
        }
    }

    /** Finds the mount that must be hidden from a runtime here. */
    private Optional<String> hide(RuntimeKind kind) throws DavitException {
        boolean refused =
                kind == RuntimeKind.CRUN
                        && cgroups.kind() == CgroupLayout.Kind.HYBRID
                        && !cgroups.unifiedControllers().isEmpty();
        if (!refused) {
            return Optional.empty();
        }
        if (!Toolbox.isRoot() || !Files.isExecutable(Path.of(OciRuntime.NSENTER))) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "refuses control groups of both versions side by side, and hiding one of them"
                            + " needs root and "
                            + OciRuntime.NSENTER);
        }
        return cgroups.unified();
    }
}

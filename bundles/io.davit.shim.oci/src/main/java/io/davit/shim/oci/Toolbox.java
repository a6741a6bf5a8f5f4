package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.linux.CgroupLayout;
import io.davit.linux.LinuxException;
import io.davit.linux.Owner;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Chooses the programs that tasks are run with, and says why.
 *
 * <p>Looked for again when a choice is older than two seconds; what a program says about itself is
 * asked again only when its file has changed.
 */
final class Toolbox {
    private static final Logger LOG = LoggerFactory.getLogger(Toolbox.class);
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Settings settings;
    private final boolean root = Owner.ofProcess().uid() == 0;

    /** The latest choice for each list of runtimes. */
    private final Map<List<String>, Choice> choices = new ConcurrentHashMap<>();

    /** What programs said, by what they are. */
    private final Map<TrustedProgram, ProgramFacts> facts = new ConcurrentHashMap<>();

    Toolbox(Settings settings) {
        this.settings = settings;
    }

    private record Choice(Tools tools, long atNanos) {
        boolean isFresh() {
            return System.nanoTime() - atNanos < FRESH_NANOS;
        }
    }

    /**
     * Chooses.
     *
     * @param runtimes programs to try, in order
     * @throws DavitException {@code UNAVAILABLE} if there is none, with the reason for each
     */
    Tools tools(List<String> runtimes, Deadline deadline) throws DavitException {
        Choice last = choices.get(runtimes);
        if (last != null && last.isFresh()) {
            return last.tools();
        }
        Tools tools = choose(runtimes, deadline);
        choices.put(runtimes, new Choice(tools, System.nanoTime()));
        return tools;
    }

    private Tools choose(List<String> runtimes, Deadline deadline) throws DavitException {
        CgroupLayout cgroups = cgroups();
        Map<String, String> attributes = new TreeMap<>();
        attributes.put("user", root ? "root" : "rootless");
        attributes.put("cgroup.layout", cgroups.kind().name().toLowerCase());
        attributes.put("cgroup.driver", systemd() ? "systemd" : "cgroupfs");
        String conmon = conmon(attributes, deadline);
        List<String> passedOver = new ArrayList<>();
        for (String name : runtimes) {
            try {
                return use(name, conmon, cgroups, passedOver, attributes, deadline);
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

    private static CgroupLayout cgroups() throws DavitException {
        try {
            return CgroupLayout.detect();
        } catch (LinuxException e) {
            throw Failures.of("look for control groups", e);
        }
    }

    private boolean systemd() {
        return settings.driver() == Settings.Driver.SYSTEMD;
    }

    private String conmon(Map<String, String> attributes, Deadline deadline) throws DavitException {
        try {
            TrustedProgram program = TrustedProgram.find(settings.conmon(), settings.searchPath());
            ProgramFacts said = facts(program, deadline);
            attributes.put("conmon", program.path() + " " + said.version().text());
            return program.path().toString();
        } catch (DavitException e) {
            throw new DavitException(
                    Kind.UNAVAILABLE, "no monitor can be used: " + e.getMessage(), e);
        }
    }

    private Tools use(
            String name,
            String conmon,
            CgroupLayout cgroups,
            List<String> passedOver,
            Map<String, String> attributes,
            Deadline deadline)
            throws DavitException {
        TrustedProgram program = TrustedProgram.find(name, settings.searchPath());
        ProgramFacts said = facts(program, deadline);
        refuseVulnerable(said.version());
        RuntimeKind kind = RuntimeKind.of(said.version().name());
        Optional<String> hide = hide(kind, cgroups);
        OciRuntime runtime = new OciRuntime(program.path(), kind, systemd(), hide);
        attributes.put("oci.runtime", program.path().toString());
        attributes.put("oci.version", said.version().name() + " " + said.version().text());
        hide.ifPresent(mount -> attributes.put("oci.hidden.mount", mount));
        said.version().knownVulnerable().ifPresent(why -> attributes.put("warning", why));
        if (!passedOver.isEmpty()) {
            attributes.put("passed.over", String.join("; ", passedOver));
        }
        return new Tools(runtime, conmon, said.version().spec(), said.features(), attributes);
    }

    private void refuseVulnerable(RuntimeVersion version) throws DavitException {
        Optional<String> why = version.knownVulnerable();
        if (why.isPresent() && settings.vulnerable() == Settings.Vulnerable.REFUSE) {
            throw new DavitException(Kind.PERMISSION_DENIED, why.get());
        }
    }

    /** Finds the mount that must be hidden from a runtime here. */
    private Optional<String> hide(RuntimeKind kind, CgroupLayout cgroups) throws DavitException {
        boolean refused =
                kind == RuntimeKind.CRUN
                        && cgroups.kind() == CgroupLayout.Kind.HYBRID
                        && !cgroups.unifiedControllers().isEmpty();
        if (!refused) {
            return Optional.empty();
        }
        if (!root || !Files.isExecutable(Path.of(OciRuntime.NSENTER))) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "refuses control groups of both versions side by side, and hiding one of them"
                            + " needs root and "
                            + OciRuntime.NSENTER);
        }
        return cgroups.unified();
    }

    private ProgramFacts facts(TrustedProgram program, Deadline deadline) throws DavitException {
        ProgramFacts known = facts.get(program);
        if (known != null) {
            return known;
        }
        ProgramFacts asked = ProgramFacts.ask(program.path(), deadline);
        if (facts.putIfAbsent(program, asked) == null && warns()) {
            asked.version().knownVulnerable().ifPresent(why -> LOG.warn("{}: {}", program, why));
        }
        return asked;
    }

    private boolean warns() {
        return settings.vulnerable() == Settings.Vulnerable.WARN;
    }
}

package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.linux.CgroupLayout;
import io.davit.linux.LinuxException;
import io.davit.linux.Owner;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Knows the programs that tasks are run with.
 *
 * <p>Looked for again when a choice is older than two seconds; what a program says about itself is
 * asked again only when its file has changed.
 */
final class Toolbox {
    private static final Logger LOG = LoggerFactory.getLogger(Toolbox.class);
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Settings settings;

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

    /** A program that was found, and what it says about itself. */
    record Known(TrustedProgram program, ProgramFacts facts) {}

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
        Tools tools = new ToolChoice(this, cgroups(), deadline).run(runtimes);
        choices.put(runtimes, new Choice(tools, System.nanoTime()));
        return tools;
    }

    private static CgroupLayout cgroups() throws DavitException {
        try {
            return CgroupLayout.detect();
        } catch (LinuxException e) {
            throw Failures.of("look for control groups", e);
        }
    }

    Settings settings() {
        return settings;
    }

    /** Says whether this process is root's. */
    static boolean isRoot() {
        return Owner.ofProcess().uid() == 0;
    }

    /** Looks for a program and asks what it is. */
    Known find(String name, Deadline deadline) throws DavitException {
        TrustedProgram program = TrustedProgram.find(name, settings.searchPath());
        ProgramFacts known = facts.get(program);
        if (known == null) {
            known = ProgramFacts.ask(program.path(), deadline);
            if (facts.putIfAbsent(program, known) == null) {
                LOG.info(
                        "program found: path={} version={}",
                        program.path(),
                        known.version().text());
            }
        }
        return new Known(program, known);
    }

    /** Says why a version must not be used. */
    void requireAllowed(RuntimeVersion version) throws DavitException {
        Optional<String> why = version.knownVulnerable();
        if (why.isPresent() && settings.vulnerable() == Settings.Vulnerable.REFUSE) {
            throw new DavitException(Kind.PERMISSION_DENIED, why.get());
        }
    }
}

package io.davit.oci;

import io.davit.api.errors.DavitException;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A process of a task: the object {@code process} of a specification, and what an exec takes.
 *
 * @param args the program and its arguments; at least one, the first not empty
 * @param env the environment as {@code NAME=value}
 * @param cwd where it starts: an absolute, normal path, not below {@code /proc} or {@code /dev/fd}
 * @param user who it runs as; not {@code null}
 * @param terminal whether it has a terminal
 * @param consoleSize the terminal's size; not {@code null}
 * @param capabilities its capabilities; not {@code null}
 * @param rlimits its limits, each type once
 * @param noNewPrivileges whether no program can raise its privileges
 * @param oomScoreAdj how eagerly it is killed when memory runs out, −1000 to 1000; not {@code null}
 * @param apparmorProfile its AppArmor profile; not {@code null}
 * @param selinuxLabel its SELinux label; not {@code null}
 * @param object the object as it was read, with fields not named here; not {@code null}
 * @since 1.0
 */
public record ProcessSpec(
        List<String> args,
        List<String> env,
        String cwd,
        SpecUser user,
        boolean terminal,
        Optional<SpecConsole> consoleSize,
        Optional<Capabilities> capabilities,
        List<Rlimit> rlimits,
        boolean noNewPrivileges,
        OptionalLong oomScoreAdj,
        Optional<String> apparmorProfile,
        Optional<String> selinuxLabel,
        JsonObject object) {
    private static final int MOST_OOM_SCORE = 1000;

    /** Copies the lists. */
    public ProcessSpec {
        args = List.copyOf(args);
        env = List.copyOf(env);
        rlimits = List.copyOf(rlimits);
        Objects.requireNonNull(object, "object");
    }

    /**
     * Reads a process that stands by itself, as an exec has it.
     *
     * @param json the object's text; not {@code null}
     * @return never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if it is malformed, naming the field
     */
    public static ProcessSpec parse(String json) throws DavitException {
        Object value = Json.parse("process", json);
        SpecShapes.PROCESS.require("process", value);
        return read(JsonObject.of("process", value));
    }

    static ProcessSpec read(JsonObject process) {
        List<String> args = process.texts("args");
        SpecRules.requireArguments(process, args);
        List<String> env = process.texts("env");
        SpecRules.requireEnvironment(process, env);
        SpecRules.requireTotal(process, args, env);
        String cwd = process.requireText("cwd");
        SpecRules.requireCwd(process, cwd);
        return new ProcessSpec(
                args,
                env,
                cwd,
                process.object("user", SpecUser::read).orElse(SpecUser.ROOT),
                process.flag("terminal"),
                process.object("consoleSize", SpecConsole::read),
                process.object("capabilities", Capabilities::read),
                rlimits(process),
                process.flag("noNewPrivileges"),
                process.integer("oomScoreAdj", -MOST_OOM_SCORE, MOST_OOM_SCORE),
                label(process, "apparmorProfile"),
                label(process, "selinuxLabel"),
                process);
    }

    private static List<Rlimit> rlimits(JsonObject process) {
        List<Rlimit> limits = process.objects("rlimits", Rlimit::read);
        Set<String> types = new HashSet<>();
        for (Rlimit limit : limits) {
            if (!types.add(limit.type())) {
                throw process.invalid("rlimits", limit.type() + " is there twice");
            }
        }
        return limits;
    }

    private static Optional<String> label(JsonObject process, String field) {
        Optional<String> label = process.text(field).filter(text -> !text.isEmpty());
        label.ifPresent(text -> SpecRules.requireText(process, field, text));
        return label;
    }

    /** Shows no value of the environment. */
    @Override
    public String toString() {
        return "ProcessSpec[args="
                + args.size()
                + " env="
                + env.size()
                + " cwd="
                + cwd
                + " user="
                + user.uid()
                + ":"
                + user.gid()
                + " terminal="
                + terminal
                + "]";
    }
}

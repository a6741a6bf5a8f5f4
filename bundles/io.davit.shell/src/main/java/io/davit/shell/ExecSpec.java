package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Texts;
import io.davit.api.task.OciProcess;
import io.davit.api.task.Task;
import io.davit.oci.Json;
import io.davit.oci.ProcessSpec;
import io.davit.oci.RuntimeSpec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The description of a further process: that of the init process, with what the command line says.
 */
final class ExecSpec {
    private static final String CONFIG = "config.json";

    private ExecSpec() {}

    /**
     * Makes the description.
     *
     * @throws CommandFailure if the task's specification cannot be read, or an option is malformed
     */
    static OciProcess of(Task task, Words words) throws CommandFailure, DavitException {
        byte[] config = InputFile.read("specification", task.bundle().resolve(CONFIG));
        ProcessSpec init = RuntimeSpec.parse(config).process();
        List<Object> args = List.copyOf(program(words));
        Map<String, Object> process = Json.with(init.object().tree(), args, "args");
        List<Object> env = new ArrayList<>(init.env());
        for (String variable : words.values("--env")) {
            env.add(OptionValues.variable("--env", variable));
        }
        process = Json.with(process, env, "env");
        process = Json.with(process, false, "terminal");
        process = Json.with(process, null, "consoleSize");
        Optional<String> cwd = words.value("--cwd");
        if (cwd.isPresent()) {
            process = Json.with(process, cwd.get(), "cwd");
        }
        Optional<String> user = words.value("--user");
        if (user.isPresent()) {
            process = withUser(process, user.get());
        }
        if (words.has("--tty")) {
            process = TerminalSpec.in(process);
        }
        return new OciProcess(Json.write(process));
    }

    private static Map<String, Object> withUser(Map<String, Object> process, String user)
            throws CommandFailure {
        if (!user.matches("[0-9]{1,10}(:[0-9]{1,10})?")) {
            throw CommandFailure.usage("--user " + Texts.quote(user) + " is no UID or UID:GID");
        }
        String[] ids = user.split(":");
        Map<String, Object> with = Json.with(process, Long.parseLong(ids[0]), "user", "uid");
        return ids.length == 1 ? with : Json.with(with, Long.parseLong(ids[1]), "user", "gid");
    }

    /** What follows the task's id, with or without two dashes between them. */
    static List<String> program(Words words) {
        List<String> rest = words.rest();
        boolean dashes = rest.size() > 2 && rest.get(1).equals("--");
        return rest.subList(dashes ? 2 : 1, rest.size());
    }
}

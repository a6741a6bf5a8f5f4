package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.oci.Json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Gives the process in a specification a terminal. */
final class TerminalSpec {
    private static final String TERM = "TERM=";

    private TerminalSpec() {}

    /**
     * Copies a document with a terminal for its process, and the kind of the terminal in the
     * environment unless it is there.
     *
     * @param path where the process is in the document
     */
    static Map<String, Object> in(Map<String, Object> document, String... path)
            throws DavitException {
        Object process = document;
        for (String name : path) {
            process = process instanceof Map<?, ?> map ? map.get(name) : null;
        }
        Object given = process instanceof Map<?, ?> map ? map.get("env") : null;
        List<Object> env = given instanceof List<?> list ? new ArrayList<>(list) : List.of();
        if (env.stream().noneMatch(each -> each.toString().startsWith(TERM))) {
            env = new ArrayList<>(env);
            env.add(TERM + "xterm");
        }
        Map<String, Object> with = Json.with(document, true, field(path, "terminal"));
        return Json.with(with, env, field(path, "env"));
    }

    private static String[] field(String[] path, String name) {
        String[] field = java.util.Arrays.copyOf(path, path.length + 1);
        field[path.length] = name;
        return field;
    }
}

package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Namespace;
import io.davit.api.names.Texts;
import io.davit.api.task.Task;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskManager;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What follows a verb, read by its {@link Syntax}. Immutable once read. */
final class Words {
    private static final Map<String, String> LETTERS =
            Map.of("-d", "--detach", "-f", "--follow", "-i", "--interactive", "-t", "--tty");

    /** Letters for options that have a value. */
    private static final Map<String, String> VALUE_LETTERS = Map.of("-s", "--signal");

    /** Read by the launcher, and allowed everywhere. */
    private static final Set<String> LAUNCHER = Set.of("--root", "--state");

    private static final String NAMESPACE = "--namespace";

    private final Map<String, List<String>> values = new HashMap<>();
    private final Set<String> flags = new HashSet<>();
    private final List<String> rest = new ArrayList<>();

    private Words() {}

    /**
     * Reads words.
     *
     * @throws CommandFailure if there are too few or too many, or an option is unknown or has no
     *     value
     */
    static Words read(Syntax syntax, List<String> args) throws CommandFailure {
        Words words = new Words();
        if (syntax.isRaw()) {
            words.rest.addAll(args);
            return words;
        }
        int i = 0;
        boolean options = true;
        while (i < args.size()) {
            String arg = args.get(i++);
            if (options && arg.equals("--")) {
                options = false;
            } else if (options && arg.startsWith("-") && arg.length() > 1) {
                i = words.option(syntax, args, i);
            } else {
                words.rest.add(arg);
                options &= !syntax.program();
            }
        }
        words.requireCount(syntax);
        return words;
    }

    /** Reads the option before a place and returns the place after it. */
    private int option(Syntax syntax, List<String> args, int next) throws CommandFailure {
        String arg = args.get(next - 1);
        int equals = arg.indexOf('=');
        String given = equals < 0 ? arg : arg.substring(0, equals);
        String name = VALUE_LETTERS.getOrDefault(given, given);
        boolean valued =
                syntax.values().contains(name) || LAUNCHER.contains(name) || name.equals(NAMESPACE);
        if (!valued) {
            flag(syntax, arg);
            return next;
        }
        if (equals < 0 && next == args.size()) {
            throw CommandFailure.usage("option " + given + " needs a value");
        }
        String value = equals < 0 ? args.get(next) : arg.substring(equals + 1);
        values.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
        return equals < 0 ? next + 1 : next;
    }

    /** Reads a flag, or several letters after one dash. */
    private void flag(Syntax syntax, String arg) throws CommandFailure {
        if (syntax.flags().contains(arg)) {
            flags.add(arg);
            return;
        }
        for (int i = 1; i < arg.length(); i++) {
            String name = LETTERS.get("-" + arg.charAt(i));
            if (arg.startsWith("--") || name == null || !syntax.flags().contains(name)) {
                throw CommandFailure.usage("unknown option " + Texts.quote(arg));
            }
            flags.add(name);
        }
    }

    private void requireCount(Syntax syntax) throws CommandFailure {
        if (rest.size() < syntax.least()) {
            throw CommandFailure.usage("too few words");
        }
        if (rest.size() > syntax.most()) {
            throw CommandFailure.usage("too many words: " + Texts.quote(rest.get(syntax.most())));
        }
    }

    boolean has(String flag) {
        return flags.contains(flag);
    }

    /**
     * Returns the value of an option.
     *
     * @throws CommandFailure if it is given twice
     */
    Optional<String> value(String name) throws CommandFailure {
        List<String> given = values(name);
        if (given.size() > 1) {
            throw CommandFailure.usage("option " + name + " is given twice");
        }
        return given.stream().findFirst();
    }

    List<String> values(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** What is no option. */
    List<String> rest() {
        return rest;
    }

    Namespace namespace() throws CommandFailure, DavitException {
        return value(NAMESPACE).map(Namespace::new).orElse(Namespace.DEFAULT);
    }

    /** Reads the first word as {@code ID} or {@code NAMESPACE/ID}. */
    TaskId taskId() throws CommandFailure, DavitException {
        String word = rest.get(0);
        int slash = word.indexOf('/');
        return slash < 0
                ? new TaskId(namespace(), word)
                : new TaskId(new Namespace(word.substring(0, slash)), word.substring(slash + 1));
    }

    /**
     * Finds the task that the first word names.
     *
     * @throws DavitException {@code NOT_FOUND} if there is none
     */
    Task task(TaskManager tasks) throws CommandFailure, DavitException {
        return Tasks.require(tasks, taskId());
    }
}

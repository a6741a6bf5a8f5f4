package io.davit.shell;

import io.davit.api.names.Texts;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Splits a command line into options and words. Options have a value, after {@code =} or as the
 * next argument, but for flags; options end at {@code --} or at the first argument that does not
 * begin with a dash. The launcher relies on this to find {@code --root} and {@code --state}.
 */
final class OptionReader {
    private final List<String> args;
    private final Map<String, String> flags;

    /** Flags that were given as letters and are not told yet. */
    private final Deque<String> letters = new ArrayDeque<>();

    private int next;
    private String name;
    private String value;

    /**
     * Begins at the first argument.
     *
     * @param args the command line
     * @param flags the options without a value, each with its letter
     */
    OptionReader(List<String> args, Map<String, String> flags) {
        this.args = args;
        this.flags = flags;
    }

    /**
     * Goes to the next option.
     *
     * @return whether there is one
     * @throws CommandFailure if it has no value, or is no flag and has no name
     */
    boolean next() throws CommandFailure {
        value = "";
        if (!letters.isEmpty()) {
            name = letters.poll();
            return true;
        }
        if (next == args.size() || !args.get(next).startsWith("-")) {
            return false;
        }
        String arg = args.get(next++);
        if (arg.equals("--")) {
            return false;
        }
        if (flags.containsKey(arg)) {
            name = arg;
        } else if (!arg.startsWith("--") && arg.length() > 1) {
            readLetters(arg);
            name = letters.poll();
        } else {
            readValue(arg);
        }
        return true;
    }

    private void readLetters(String arg) throws CommandFailure {
        for (char letter : arg.substring(1).toCharArray()) {
            letters.add(
                    flags.entrySet().stream()
                            .filter(flag -> flag.getValue().equals("-" + letter))
                            .map(Map.Entry::getKey)
                            .findFirst()
                            .orElseThrow(() -> unknown(arg)));
        }
    }

    private void readValue(String arg) throws CommandFailure {
        int equals = arg.indexOf('=');
        name = equals < 0 ? arg : arg.substring(0, equals);
        if (!name.matches("--[a-z][a-z-]*") || flags.containsKey(name)) {
            throw unknown(arg);
        }
        if (equals < 0 && next == args.size()) {
            throw CommandFailure.usage("option " + name + " needs a value");
        }
        value = equals < 0 ? args.get(next++) : arg.substring(equals + 1);
    }

    private static CommandFailure unknown(String arg) {
        return CommandFailure.usage("unknown option " + Texts.quote(arg));
    }

    String name() {
        return name;
    }

    /** The value; empty for a flag. */
    String value() {
        return value;
    }

    /** What follows the options. */
    List<String> words() {
        return List.copyOf(args.subList(next, args.size()));
    }
}

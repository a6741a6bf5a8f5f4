package io.davit.shell;

import io.davit.api.names.Texts;

import java.util.List;

/**
 * Splits a command line into options and words. Every option has a value, after {@code =} or as the
 * next argument; options end at {@code --} or at the first argument that does not begin with a
 * dash. The launcher relies on this to find {@code --root} and {@code --state}.
 */
final class OptionReader {
    private final List<String> args;
    private int next;
    private String name;
    private String value;

    OptionReader(List<String> args) {
        this.args = args;
    }

    /**
     * Goes to the next option.
     *
     * @return whether there is one
     * @throws CommandFailure if it has no value
     */
    boolean next() throws CommandFailure {
        if (next == args.size() || !args.get(next).startsWith("-")) {
            return false;
        }
        String arg = args.get(next++);
        if (arg.equals("--")) {
            return false;
        }
        int equals = arg.indexOf('=');
        name = equals < 0 ? arg : arg.substring(0, equals);
        if (!name.matches("--[a-z][a-z-]*")) {
            throw CommandFailure.usage("unknown option " + Texts.quote(arg));
        }
        if (equals < 0 && next == args.size()) {
            throw CommandFailure.usage("option " + name + " needs a value");
        }
        value = equals < 0 ? args.get(next++) : arg.substring(equals + 1);
        return true;
    }

    String name() {
        return name;
    }

    String value() {
        return value;
    }

    /** What follows the options. */
    List<String> words() {
        return List.copyOf(args.subList(next, args.size()));
    }
}

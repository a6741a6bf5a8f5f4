package io.davit.shim.wasm;

import java.util.List;

/**
 * What a process runs.
 *
 * @param arguments what it gets as arguments, the name of the program first
 * @param environment {@code NAME=VALUE} each
 * @param cwd where relative paths begin; absolute and normal
 */
record GuestProgram(List<String> arguments, List<String> environment, String cwd) {
    GuestProgram {
        arguments = List.copyOf(arguments);
        environment = List.copyOf(environment);
    }

    /** An environment is nobody's business. */
    @Override
    public String toString() {
        return "GuestProgram[" + arguments.size() + " arguments]";
    }
}

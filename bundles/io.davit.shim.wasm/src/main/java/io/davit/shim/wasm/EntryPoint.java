package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import run.endive.runtime.Instance;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.ValType;
import run.endive.wasm.types.Value;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Where a run of a module begins: at {@code _start} as a command, or at an exported function with
 * arguments, whose results go to standard output, one a line.
 */
final class EntryPoint {
    static final String COMMAND = "_start";

    /** What a module that is no command wants to have called first. */
    private static final String INITIALIZE = "_initialize";

    private final String function;
    private final FunctionType type;
    private final long[] arguments;
    private final boolean initialize;

    private EntryPoint(String function, FunctionType type, long[] arguments, boolean initialize) {
        this.function = function;
        this.type = type;
        this.arguments = arguments;
        this.initialize = initialize;
    }

    /**
     * Begins as a command.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if the module is none
     */
    static EntryPoint command(WasmProgram program) throws DavitException {
        FunctionType type = program.exported(COMMAND);
        if (type == null) {
            throw WasmBinary.invalid("is no command: it exports no function _start");
        }
        if (!type.params().isEmpty() || !type.returns().isEmpty()) {
            throw WasmBinary.invalid("is no command: its _start has parameters or results");
        }
        return new EntryPoint(COMMAND, type, new long[0], false);
    }

    /**
     * Begins at an exported function of numbers.
     *
     * @throws DavitException {@code NOT_FOUND} if there is none of that name; {@code
     *     INVALID_ARGUMENT} if the arguments do not fit
     */
    static EntryPoint function(WasmProgram program, String name, List<String> arguments)
            throws DavitException {
        FunctionType type = program.exported(name);
        if (type == null) {
            throw new DavitException(
                    Kind.NOT_FOUND, "module exports no function: name=" + Texts.quote(name));
        }
        List<ValType> parameters = type.params();
        if (parameters.size() != arguments.size()) {
            throw invalid(name, "takes " + parameters.size() + " arguments", arguments.size());
        }
        long[] values = new long[arguments.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = parse(name, parameters.get(i), arguments.get(i));
        }
        boolean initialize = !name.equals(INITIALIZE) && program.exported(INITIALIZE) != null;
        return new EntryPoint(name, type, values, initialize);
    }

    private static DavitException invalid(String name, String what, Object value) {
        return new DavitException(
                Kind.INVALID_ARGUMENT,
                "function " + Texts.quote(name) + " " + what + ": value=" + value);
    }

    private static long parse(String name, ValType type, String text) {
        try {
            if (type.equals(ValType.I32)) {
                return text.startsWith("-")
                        ? Integer.parseInt(text)
                        : Integer.parseUnsignedInt(text);
            }
            if (type.equals(ValType.I64)) {
                return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
            }
            if (type.equals(ValType.F32)) {
                return Value.floatToLong(Float.parseFloat(text));
            }
            if (type.equals(ValType.F64)) {
                return Value.doubleToLong(Double.parseDouble(text));
            }
        } catch (NumberFormatException e) {
            throw invalid(name, "takes another number", Texts.quote(text));
        }
        throw invalid(name, "takes a parameter that is no number", type);
    }

    /** Calls it on the guest's thread. */
    void call(Instance instance, Guest guest) {
        if (initialize) {
            instance.export(INITIALIZE).apply();
        }
        long[] results = instance.export(function).apply(arguments);
        if (!type.returns().isEmpty()) {
            print(results, guest);
        }
    }

    private void print(long[] results, Guest guest) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < results.length && i < type.returns().size(); i++) {
            text.append(text(type.returns().get(i), results[i])).append('\n');
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        try {
            if (guest.fds().get(1) instanceof Descriptor.OfStream stream) {
                stream.output().write(bytes, 0, bytes.length);
            }
        } catch (ErrnoException e) {
            throw new IllegalStateException("cannot write results: " + e.errno(), e);
        }
    }

    private static String text(ValType type, long value) {
        if (type.equals(ValType.I32)) {
            return Integer.toString((int) value);
        }
        if (type.equals(ValType.F32)) {
            return Float.toString(Value.longToFloat(value));
        }
        if (type.equals(ValType.F64)) {
            return Double.toString(Value.longToDouble(value));
        }
        return Long.toString(value);
    }
}

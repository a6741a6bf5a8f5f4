package io.davit.shim.wasm;

import run.endive.runtime.Instance;
import run.endive.runtime.InterpreterMachine;
import run.endive.runtime.Machine;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.FunctionType;

/**
 * Interprets, and goes over to compiled code at the next call of a function once there is some. A
 * module that throws exceptions of WebAssembly stays interpreted, because those do not cross over.
 */
final class TieredMachine extends InterpreterMachine {
    private final WasmProgram program;
    private final boolean crosses;

    /** The compiled functions of the same instance, once they were needed. */
    private Machine compiled;

    TieredMachine(WasmProgram program, Instance instance) {
        super(instance);
        this.program = program;
        this.crosses = instance.module().tagSection().isEmpty();
    }

    private Machine compiled() {
        if (compiled == null && crosses) {
            WasmProgram.Form form = program.form();
            if (form.isCompiled() && form.code().interpreted().isEmpty()) {
                compiled = form.code().machine(instance());
            }
        }
        return compiled;
    }

    @Override
    public long[] call(int function, long[] args) throws WasmEngineException {
        Machine machine = compiled();
        return machine == null ? super.call(function, args) : machine.call(function, args);
    }

    @Override
    protected void CALL(Operands operands) {
        int function = (int) operands.get(0);
        Machine machine = instance().function(function) == null ? null : compiled();
        FunctionType type = instance().type(instance().functionType(function));
        if (machine == null || type.hasObjectRefParams() || type.hasObjectRefReturns()) {
            super.CALL(operands);
            return;
        }
        long[] results = machine.call(function, extractArgsForParams(stack(), type.params()));
        if (results != null) {
            for (long result : results) {
                stack().push(result);
            }
        }
    }

    @Override
    protected boolean useCurrentInstanceInterpreter(
            Instance instance, Instance owner, int function) {
        return compiled() == null && super.useCurrentInstanceInterpreter(instance, owner, function);
    }
}

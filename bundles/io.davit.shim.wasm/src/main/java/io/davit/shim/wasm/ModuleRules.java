package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Texts;

import run.endive.runtime.ImportFunction;
import run.endive.runtime.TableInstance;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.Import;
import run.endive.wasm.types.MemoryLimits;
import run.endive.wasm.types.MemorySection;
import run.endive.wasm.types.Table;
import run.endive.wasm.types.TableLimits;

import java.util.ArrayList;
import java.util.List;

/** What a module may ask for: host functions of our list, one memory, tables of a bounded size. */
final class ModuleRules {
    private static final long MOST_TABLE_ENTRIES = 1_048_576;
    private static final int MOST_TABLES = 64;

    private ModuleRules() {}

    /**
     * Checks a module.
     *
     * @return the host functions it imports, in order
     * @throws DavitException {@code INVALID_ARGUMENT} naming what it may not ask for
     */
    static List<ImportFunction> check(WasmModule module) throws DavitException {
        checkMemories(module);
        checkTables(module);
        List<ImportFunction> functions = new ArrayList<>();
        for (int i = 0; i < module.importSection().importCount(); i++) {
            functions.add(function(module, module.importSection().getImport(i)));
        }
        return functions;
    }

    private static ImportFunction function(WasmModule module, Import wanted) {
        WasiFunction function =
                wanted.importType() == ExternalType.FUNCTION
                                && wanted.module().equals(WasiFunction.MODULE)
                        ? WasiFunction.named(wanted.name())
                        : null;
        if (function == null) {
            throw WasmBinary.invalid("imports what is not there: import=" + name(wanted));
        }
        FunctionType type = function.type();
        int index = ((FunctionImport) wanted).typeIndex();
        if (!type.equals(module.typeSection().getType(index))) {
            throw WasmBinary.invalid("imports with another signature: import=" + name(wanted));
        }
        return new ImportFunction(wanted.module(), wanted.name(), type, new WasiImport(function));
    }

    private static String name(Import wanted) {
        return Texts.quote(wanted.module() + "." + wanted.name());
    }

    private static void checkMemories(WasmModule module) {
        int count = module.memorySection().map(MemorySection::memoryCount).orElse(0);
        if (count > 1) {
            throw WasmBinary.invalid("has more than one memory: count=" + count);
        }
        if (count == 1 && limits(module).shared()) {
            throw WasmBinary.invalid("has a shared memory, and there are no threads to share with");
        }
    }

    /** The limits a module declares for its memory; {@code null} without one. */
    static MemoryLimits limits(WasmModule module) {
        MemorySection memories = module.memorySection().orElse(null);
        return memories == null || memories.memoryCount() == 0
                ? null
                : memories.getMemory(0).limits();
    }

    /** A table of its own for an instance; the engine grows the limits of the one it is given. */
    static TableInstance table(Table declared, int initialValue) {
        TableLimits limits = declared.limits();
        long most = Math.max(limits.min(), Math.min(limits.max(), MOST_TABLE_ENTRIES));
        return new TableInstance(
                new Table(
                        declared.elementType(),
                        new TableLimits(limits.min(), most),
                        declared.initialize()),
                initialValue);
    }

    private static void checkTables(WasmModule module) {
        int count = module.tableSection().tableCount();
        if (count > MOST_TABLES) {
            throw WasmBinary.invalid("has too many tables: count=" + count);
        }
        long entries = 0;
        for (int i = 0; i < count; i++) {
            entries += module.tableSection().getTable(i).limits().min();
        }
        if (entries > MOST_TABLE_ENTRIES) {
            throw WasmBinary.invalid("has tables with too many entries: entries=" + entries);
        }
    }
}

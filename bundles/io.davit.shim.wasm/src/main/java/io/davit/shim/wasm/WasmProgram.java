package io.davit.shim.wasm;

import run.endive.runtime.ImportFunction;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.Export;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.MemoryLimits;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One module, shared by all that run it: parsed, and compiled once that is done. Safe for use by
 * many threads.
 */
final class WasmProgram {
    private final String digest;
    private final List<ImportFunction> imports;
    private final int initialPages;
    private final int maximumPages;
    private final int weight;

    /** Who waits for the compiled form. */
    private final List<Runnable> waiting = new CopyOnWriteArrayList<>();

    /** How many guests run it. */
    private final AtomicInteger running = new AtomicInteger();

    private final AtomicInteger starts = new AtomicInteger();
    private volatile Form form;

    /** The module to compile; {@code null} once that is done. */
    private volatile byte[] essential;

    private boolean requested;

    /**
     * What instances are made of.
     *
     * @param module the whole module; or without bodies, when there is code
     * @param code its functions; {@code null} to have them interpreted
     */
    record Form(WasmModule module, CompiledCode code) {
        boolean isCompiled() {
            return code != null;
        }
    }

    WasmProgram(
            String digest, int weight, List<ImportFunction> imports, Form form, byte[] essential) {
        this.digest = digest;
        this.essential = essential;
        this.weight = weight;
        this.imports = List.copyOf(imports);
        this.form = form;
        MemoryLimits limits = ModuleRules.limits(form.module);
        this.initialPages = limits == null ? 0 : limits.initialPages();
        this.maximumPages = limits == null ? 0 : limits.maximumPages();
    }

    String digest() {
        return digest;
    }

    List<ImportFunction> imports() {
        return imports;
    }

    int initialPages() {
        return initialPages;
    }

    int maximumPages() {
        return maximumPages;
    }

    /** The size of the module in bytes. */
    int weight() {
        return weight;
    }

    Form form() {
        return form;
    }

    byte[] essential() {
        return essential;
    }

    /** Notes the start of a guest; returns how many there were before. */
    int started() {
        running.incrementAndGet();
        return starts.getAndIncrement();
    }

    void ended() {
        running.decrementAndGet();
    }

    /**
     * Says whether it was run more than once, or still runs. Otherwise compiling it would cost more
     * than it is likely to save.
     */
    boolean isWorthCompiling() {
        return starts.get() > 1 || running.get() > 0;
    }

    /** Says once that it is to be compiled. */
    synchronized boolean claimCompilation() {
        if (requested || form.isCompiled() || !isWorthCompiling()) {
            return false;
        }
        requested = true;
        return true;
    }

    /** Takes back a claim that came to nothing. */
    synchronized void releaseCompilation() {
        requested = false;
    }

    /** From now on instances are made of compiled code; those who wait are told. */
    void setCompiled(Form compiled) {
        form = compiled;
        essential = null;
        waiting.forEach(Runnable::run);
    }

    /** Has something run when the code is compiled, at once if it is. */
    void whenCompiled(Runnable work) {
        waiting.add(work);
        if (form.isCompiled()) {
            work.run();
        }
    }

    void forget(Runnable work) {
        waiting.remove(work);
    }

    /** The type of an exported function, or {@code null}. */
    FunctionType exported(String name) {
        WasmModule module = form.module;
        for (int i = 0; i < module.exportSection().exportCount(); i++) {
            Export export = module.exportSection().getExport(i);
            if (export.exportType() == ExternalType.FUNCTION && export.name().equals(name)) {
                return type(module, export.index());
            }
        }
        return null;
    }

    private FunctionType type(WasmModule module, int function) {
        if (function < imports.size()) {
            return imports.get(function).functionType();
        }
        return module.functionSection()
                .getFunctionType(function - imports.size(), module.typeSection());
    }
}

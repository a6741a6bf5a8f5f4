package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import run.endive.runtime.ImportFunction;
import run.endive.wasm.WasmModule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The programs that were run lately, by the digest of their module: at most so many bytes of
 * modules, the least recently used go first. One that is still running goes on without the cache.
 */
final class ModuleCache {
    private final ModuleParser parser;
    private final CodeStore store;
    private final CodeCompiler compiler;
    private final long mostBytes;
    private final long compileDelayMillis;

    /** By digest, the least recently used first; guarded by itself. */
    private final Map<String, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;

    /** One module; its lock is held while it is read for the first time. */
    private static final class Slot {
        private final ReentrantLock lock = new ReentrantLock();

        /** Guarded by the lock. */
        private WasmProgram program;

        /** The size of what is read; 0 while it is not, or somebody is about it. */
        int weight() {
            if (!lock.tryLock()) {
                return 0;
            }
            try {
                return program == null ? 0 : program.weight();
            } finally {
                lock.unlock();
            }
        }
    }

    ModuleCache(
            ModuleParser parser,
            CodeStore store,
            CodeCompiler compiler,
            long mostBytes,
            long compileDelayMillis) {
        this.parser = parser;
        this.store = store;
        this.compiler = compiler;
        this.mostBytes = mostBytes;
        this.compileDelayMillis = compileDelayMillis;
    }

    /**
     * Finds a program by the digest of its module.
     *
     * @return the program, or {@code null} if the module must be given
     */
    WasmProgram find(String digest) {
        Slot slot;
        synchronized (slots) {
            slot = slots.get(digest);
        }
        if (slot == null || !slot.lock.tryLock()) {
            return null;
        }
        try {
            return slot.program;
        } finally {
            slot.lock.unlock();
        }
    }

    /**
     * Reads a module, or finds what became of it earlier.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if the module is malformed, invalid, or asks
     *     for what is not there; as {@link ModuleParser#parse}
     */
    WasmProgram get(String digest, byte[] module, Duration within) throws DavitException {
        Slot slot;
        synchronized (slots) {
            slot = slots.computeIfAbsent(digest, ignored -> new Slot());
        }
        acquire(slot.lock, within);
        try {
            if (slot.program == null) {
                read(slot, digest, module, within);
            }
            return slot.program;
        } catch (DavitException e) {
            synchronized (slots) {
                slots.remove(digest, slot);
            }
            throw e;
        } finally {
            slot.lock.unlock();
        }
    }

    private static void acquire(ReentrantLock lock, Duration within) throws DavitException {
        try {
            if (lock.tryLock(within.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(Kind.CANCELLED, "interrupted while loading a module", e);
        }
        throw new DavitException(
                Kind.DEADLINE_EXCEEDED, "the module is still being read by somebody else");
    }

    private void read(Slot slot, String digest, byte[] module, Duration within)
            throws DavitException {
        WasmBinary binary = new WasmBinary(module);
        CompiledCode code = store.load(digest);
        byte[] essential = binary.essential();
        WasmModule parsed;
        if (code == null) {
            binary.requireFewFunctions();
            parsed = parser.parse(essential, within);
        } else {
            // Only a module that was found valid has compiled code.
            parsed = CodeCompiler.lean(essential, code);
        }
        List<ImportFunction> imports = ModuleRules.check(parsed);
        slot.program =
                new WasmProgram(
                        digest,
                        module.length,
                        imports,
                        new WasmProgram.Form(parsed, code),
                        code == null ? essential : null);
        synchronized (slots) {
            if (slots.get(digest) == slot) {
                bytes += module.length;
                evict(slot);
            }
        }
    }

    /** Drops the least recently used; the lock of the cache is held. */
    private void evict(Slot newest) {
        List<String> victims = new ArrayList<>();
        long left = bytes;
        for (Map.Entry<String, Slot> each : slots.entrySet()) {
            if (left <= mostBytes) {
                break;
            }
            long size = each.getValue() == newest ? 0 : each.getValue().weight();
            if (size > 0) {
                left -= size;
                victims.add(each.getKey());
            }
        }
        victims.forEach(slots::remove);
        bytes = left;
    }

    /** Notes the start of a guest: a program that runs a while, or again, is compiled. */
    void started(WasmProgram program) {
        boolean again = program.started() > 0;
        if (!program.form().isCompiled()) {
            compiler.compileLater(program, again ? 0 : compileDelayMillis);
        }
    }

    /** How many modules are cached, and how many bytes they have. */
    Map<String, Long> usage() {
        Map<String, Long> usage = new HashMap<>();
        synchronized (slots) {
            usage.put("modules", (long) slots.size());
            usage.put("bytes", bytes);
        }
        return usage;
    }
}

package io.davit.shim.wasm;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Machine;
import run.endive.runtime.WasmException;
import run.endive.runtime.WasmInterruptedException;

import java.util.function.Function;

/**
 * One run of a program by one guest, on the guest's thread. Interpreted at first if there is no
 * compiled code yet; when there is, a second instance is brought to the same point and goes on.
 */
final class ProgramRun {
    private static final Logger LOG = LoggerFactory.getLogger(ProgramRun.class);

    private final WasmProgram program;
    private final EntryPoint entry;
    private final Guest guest;
    private final int mostPages;
    private final MemoryBudget budget;

    ProgramRun(
            WasmProgram program,
            EntryPoint entry,
            Guest guest,
            int mostPages,
            MemoryBudget budget) {
        this.program = program;
        this.entry = entry;
        this.guest = guest;
        this.mostPages = mostPages;
        this.budget = budget;
    }

    /** Runs to the end; never throws. */
    Outcome run() {
        WasmProgram.Form form = program.form();
        if (form.isCompiled()) {
            return run(form, form.code()::machine);
        }
        guest.setJournal(new HostJournal());
        Runnable arrival = () -> guest.control().send(this::moveToCompiled);
        program.whenCompiled(arrival);
        try {
            return run(form, instance -> new TieredMachine(program, instance));
        } finally {
            program.forget(arrival);
        }
    }

    // Whatever a guest's code throws ends that guest and nobody else.
    @SuppressWarnings("checkstyle:IllegalCatch")
    private Outcome run(WasmProgram.Form form, Function<Instance, Machine> machine) {
        try {
            GuestMemory memory = new GuestMemory(program.initialPages(), pages(), budget);
            guest.setMemory(new MemoryPort(memory));
            Instance instance =
                    Instance.builder(form.module())
                            .withStart(false)
                            .withMemoryFactory(limits -> memory)
                            .withTableFactory(ModuleRules::table)
                            .withImportValues(imports())
                            .withMachineFactory(machine)
                            .build();
            entry.call(instance, guest);
            return Outcome.exited(0);
        } catch (GuestExit e) {
            return e.outcome();
        } catch (HostJournal.Diverged e) {
            throw e;
        } catch (WasmInterruptedException e) {
            return Outcome.killed(guest.control().signal());
        } catch (OutOfMemoryError e) {
            return Outcome.outOfMemory();
        } catch (StackOverflowError e) {
            return Outcome.trapped("call stack exhausted");
        } catch (WasmException e) {
            return Outcome.trapped("uncaught exception");
        } catch (RuntimeException | LinkageError e) {
            return trapped(e);
        }
    }

    /** A failure below may hide that the memory ran out, or that somebody wanted an end. */
    private Outcome trapped(Throwable failure) {
        int signal = guest.control().signal();
        if (signal != 0) {
            return Outcome.killed(signal);
        }
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof OutOfMemoryError) {
                return Outcome.outOfMemory();
            }
        }
        LOG.debug("guest trapped: module={}", program.digest(), failure);
        String message = failure.getMessage();
        return Outcome.trapped(message == null ? failure.getClass().getSimpleName() : message);
    }

    private ImportValues imports() {
        ImportValues.Builder values = ImportValues.builder();
        program.imports().forEach(values::addFunction);
        return values.build();
    }

    private int pages() {
        return Math.max(program.initialPages(), Math.min(program.maximumPages(), mostPages));
    }

    /**
     * Goes on in compiled code, deep in the stack of the interpreter, which never goes on: the
     * guest's end is thrown through it. If the way cannot be repeated, the interpreter goes on.
     */
    private void moveToCompiled() {
        HostJournal journal = guest.journal();
        WasmProgram.Form form = program.form();
        if (journal == null || !journal.usable() || !form.isCompiled() || !room()) {
            return;
        }
        MemoryPort before = guest.memory();
        journal.replay(before.memory());
        Outcome outcome;
        try {
            outcome = run(form, form.code()::machine);
        } catch (HostJournal.Diverged e) {
            outcome = null;
        }
        if (outcome != null && (journal.isUsedUp() || guest.control().signal() != 0)) {
            before.memory().close();
            throw new GuestExit(outcome);
        }
        LOG.warn("compiled code went another way, going on interpreted: {}", program.digest());
        guest.memory().memory().close();
        guest.setMemory(before);
        guest.setJournal(null);
    }

    private boolean room() {
        long bytes = guest.memory().memory().bytes().length;
        if (!budget.take(bytes)) {
            return false;
        }
        budget.give(bytes);
        return true;
    }
}

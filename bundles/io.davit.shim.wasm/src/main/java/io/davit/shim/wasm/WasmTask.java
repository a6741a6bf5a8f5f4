package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.Exit;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskState;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A created task: its files and its processes. Safe for use by many threads; its lock is held while
 * processes are added and removed, and never while one runs, waits or is told about.
 */
final class WasmTask {
    private static final int MOST_PROCESSES = 65;
    private static final int PAGE = 65_536;

    private final TaskId id;
    private final Engine engine;
    private final GuestTree tree;
    private final ProcessListener listener;

    /** By exec id, the init process first; guarded by itself. */
    private final Map<String, WasmProcess> processes = new TreeMap<>();

    private final AtomicLong oomKills = new AtomicLong();
    private volatile long memoryBytes;

    /**
     * Builds the files of a task and prepares its init process, all or nothing.
     *
     * @throws DavitException as {@link TaskTree#build} and {@link ProgramLoader#load}
     */
    WasmTask(
            TaskId id,
            Engine engine,
            GuestSpec spec,
            CreateShimTask request,
            ProcessListener listener,
            Duration within)
            throws DavitException {
        this.id = id;
        this.engine = engine;
        this.listener = listener;
        this.memoryBytes = spec.memoryBytes() < 0 ? engine.memoryBytes() : spec.memoryBytes();
        List<Mount> rootfs = request.rootfs();
        this.tree = TaskTree.build(engine.volumes(), rootfs, spec);
        try {
            add("", spec.program(), request.stdio(), within);
        } catch (DavitException e) {
            tree.close();
            throw e;
        }
    }

    WasmProcess init() throws DavitException {
        return process("");
    }

    /**
     * Finds a process.
     *
     * @throws DavitException {@code NOT_FOUND} if there is none
     */
    WasmProcess process(String execId) throws DavitException {
        synchronized (processes) {
            WasmProcess found = processes.get(execId);
            if (found != null) {
                return found;
            }
        }
        throw new DavitException(
                Kind.NOT_FOUND, "no such process: task=" + id + " exec=" + Texts.quote(execId));
    }

    List<WasmProcess> all() {
        synchronized (processes) {
            return new ArrayList<>(processes.values());
        }
    }

    /** Adds a further process. */
    void exec(String execId, GuestProgram program, Stdio stdio, Duration within)
            throws DavitException {
        TaskState state = init().state();
        if (!state.canExec()) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION, "cannot exec: task=" + id + " state=" + state);
        }
        add(execId, program, stdio, within);
    }

    private void add(String execId, GuestProgram program, Stdio stdio, Duration within)
            throws DavitException {
        requireFree(execId);
        Place root = tree.root();
        WasmProcess.Plan plan;
        try {
            plan = plan(root, execId, program, stdio, within);
        } catch (DavitException e) {
            root.close();
            throw e;
        }
        String name = execId.isEmpty() ? id.toString() : id + "-" + execId;
        WasmProcess made = new WasmProcess(execId, "davit-wasm-" + name, engine, plan, this::ended);
        synchronized (processes) {
            if (processes.putIfAbsent(execId, made) == null) {
                return;
            }
        }
        made.discard();
        requireFree(execId);
    }

    private void requireFree(String execId) throws DavitException {
        synchronized (processes) {
            if (processes.containsKey(execId)) {
                throw new DavitException(
                        Kind.ALREADY_EXISTS, "exec id is taken: task=" + id + " exec=" + execId);
            }
            if (processes.size() >= MOST_PROCESSES) {
                throw new DavitException(
                        Kind.RESOURCE_EXHAUSTED,
                        "too many processes: task=" + id + " most=" + MOST_PROCESSES);
            }
        }
    }

    private WasmProcess.Plan plan(
            Place root, String execId, GuestProgram program, Stdio stdio, Duration within)
            throws DavitException {
        WasmProgram own = execId.isEmpty() ? null : init().program();
        ProgramLoader.Loaded loaded = engine.loader().load(root, program, own, within);
        int mostPages = mostPages(loaded.program());
        Place cwd = TaskTree.cwd(root, program.cwd());
        try {
            Streams streams =
                    StdioOpener.open(stdio, execId.isEmpty() ? id.toString() : id + "-" + execId);
            return new WasmProcess.Plan(root, cwd, program, loaded, streams, mostPages);
        } catch (DavitException e) {
            if (cwd != null) {
                cwd.close();
            }
            throw e;
        }
    }

    private int mostPages(WasmProgram program) throws DavitException {
        long bytes = memoryLimit();
        int pages = (int) Math.min(bytes / PAGE, Integer.MAX_VALUE);
        if (program.initialPages() > pages) {
            throw WasmBinary.invalid(
                    "needs more memory than allowed: needs="
                            + (long) program.initialPages() * PAGE
                            + " limit="
                            + bytes);
        }
        return pages;
    }

    /** The most memory each process may have, in bytes. */
    long memoryLimit() {
        return memoryBytes;
    }

    /** Caps the memory of processes that are added from now on. */
    void setMemoryLimit(long bytes) {
        memoryBytes = bytes;
    }

    long oomKills() {
        return oomKills.get();
    }

    /** The others do not outlive the init process. */
    private void ended(WasmProcess process, Exit exit, boolean outOfMemory) {
        if (outOfMemory) {
            oomKills.incrementAndGet();
        }
        listener.ended(process, exit, outOfMemory);
        if (process.execId().isEmpty()) {
            List<WasmProcess> others = all();
            others.remove(process);
            end(others, Outcome.killed(Signals.KILL), Signals.KILL);
        }
    }

    /** Ends all processes. */
    void end(Outcome outcome, int signal) throws DavitException {
        end(all(), outcome, signal);
    }

    private static void end(List<WasmProcess> processes, Outcome outcome, int signal) {
        for (WasmProcess each : processes) {
            each.askToEnd(outcome, signal);
        }
        for (WasmProcess each : processes) {
            each.awaitEnd();
        }
    }

    /**
     * Removes a process that does not run.
     *
     * @return how it ended; empty if it was never started
     */
    Optional<Exit> remove(String execId) throws DavitException {
        WasmProcess process = process(execId);
        TaskState state = process.state();
        if (!state.canDelete()) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "cannot delete process: task=" + id + " exec=" + execId + " state=" + state);
        }
        Optional<Exit> exit = process.status().exit();
        process.discard();
        synchronized (processes) {
            processes.remove(execId, process);
        }
        return exit;
    }

    /** Gives the files back; the processes have ended. */
    void close() {
        tree.close();
    }
}

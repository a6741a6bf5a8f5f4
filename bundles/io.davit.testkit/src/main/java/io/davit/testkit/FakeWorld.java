package io.davit.testkit;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Namespace;
import io.davit.api.task.Exit;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskState;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * What is outside of a {@link FakePlugin}: its supervisors and their processes, which live on when
 * the plugin goes.
 *
 * <p>Kept in memory, or in a directory where it outlives the process too. <b>Threads.</b> Safe for
 * use by many threads of one process.
 *
 * @since 1.0
 */
public final class FakeWorld {
    private final Optional<Path> directory;
    private final AtomicLong pids = new AtomicLong(1000);

    /** Processes by exec id, of each task that has a supervisor. Values guarded by themselves. */
    private final Map<TaskId, Map<String, FakeProcess>> supervisors = new ConcurrentHashMap<>();

    /** Who is told exits, by task: the instances that are connected. */
    private final Map<TaskId, BiConsumer<String, Exit>> connected = new ConcurrentHashMap<>();

    /**
     * One process.
     *
     * @param pid its process id
     * @param state its state
     * @param exit how it ended, if it has
     */
    public record FakeProcess(long pid, TaskState state, Optional<Exit> exit) {}

    private FakeWorld(Optional<Path> directory) {
        this.directory = directory;
    }

    /**
     * Makes a world in memory.
     *
     * @return an empty world; never {@code null}
     */
    public static FakeWorld inMemory() {
        return new FakeWorld(Optional.empty());
    }

    /**
     * Makes a world in a directory, with what an earlier one left there.
     *
     * @param directory a directory of its own
     * @return the world; never {@code null}
     * @throws IOException if it cannot be read
     */
    public static FakeWorld in(Path directory) throws IOException {
        Files.createDirectories(directory);
        FakeWorld world = new FakeWorld(Optional.of(directory));
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".task")).toList()) {
                world.load(file);
            }
        }
        return world;
    }

    /**
     * Lists the tasks that have a supervisor.
     *
     * @return sorted; a copy; never {@code null}
     */
    public List<TaskId> supervisors() {
        return supervisors.keySet().stream().sorted().toList();
    }

    /**
     * Returns the processes of a task.
     *
     * @param id the task
     * @return by exec id; a copy; empty if it has no supervisor or no process; never {@code null}
     */
    public Map<String, FakeProcess> processes(TaskId id) {
        Map<String, FakeProcess> processes = supervisors.get(id);
        if (processes == null) {
            return Map.of();
        }
        synchronized (processes) {
            return new TreeMap<>(processes);
        }
    }

    /**
     * Ends a process, as if by itself.
     *
     * @param id its task
     * @param execId its exec id; empty for the init process
     * @param status how
     */
    public void exit(TaskId id, String execId, int status) {
        Map<String, FakeProcess> processes = require(id);
        Exit exit;
        synchronized (processes) {
            FakeProcess process = processes.get(execId);
            if (process == null || process.exit().isPresent()) {
                return;
            }
            exit = Exit.of(process.pid(), status, Instant.now());
            processes.put(
                    execId, new FakeProcess(process.pid(), TaskState.STOPPED, Optional.of(exit)));
            store(id, processes);
        }
        BiConsumer<String, Exit> told = connected.get(id);
        if (told != null) {
            told.accept(execId, exit);
        }
    }

    /**
     * Kills a supervisor with all processes, without telling anybody.
     *
     * @param id whose
     */
    public void destroy(TaskId id) {
        supervisors.remove(id);
        directory.ifPresent(d -> delete(file(d, id)));
    }

    void supervise(TaskId id) {
        Map<String, FakeProcess> processes = new TreeMap<>();
        if (supervisors.putIfAbsent(id, processes) != null) {
            throw new DavitException(Kind.ALREADY_EXISTS, "supervisor exists: task=" + id);
        }
        synchronized (processes) {
            store(id, processes);
        }
    }

    boolean isSupervised(TaskId id) {
        return supervisors.containsKey(id);
    }

    void connect(TaskId id, BiConsumer<String, Exit> told) {
        connected.put(id, told);
    }

    void disconnect(TaskId id) {
        connected.remove(id);
    }

    long add(TaskId id, String execId) {
        long pid = pids.incrementAndGet();
        Map<String, FakeProcess> processes = require(id);
        synchronized (processes) {
            if (processes.containsKey(execId)) {
                throw new DavitException(Kind.ALREADY_EXISTS, "process exists: exec=" + execId);
            }
            processes.put(execId, new FakeProcess(pid, TaskState.CREATED, Optional.empty()));
            store(id, processes);
        }
        return pid;
    }

    FakeProcess process(TaskId id, String execId) {
        FakeProcess process = processes(id).get(execId);
        if (process == null) {
            throw new DavitException(Kind.NOT_FOUND, "no such process: exec=" + execId);
        }
        return process;
    }

    void state(TaskId id, String execId, TaskState state) {
        Map<String, FakeProcess> processes = require(id);
        synchronized (processes) {
            FakeProcess process = process(id, execId);
            processes.put(execId, new FakeProcess(process.pid(), state, process.exit()));
            store(id, processes);
        }
    }

    void remove(TaskId id, String execId) {
        Map<String, FakeProcess> processes = require(id);
        synchronized (processes) {
            if (execId.isEmpty()) {
                processes.clear();
            } else {
                processes.remove(execId);
            }
            store(id, processes);
        }
    }

    List<String> running(TaskId id) {
        List<String> running = new ArrayList<>();
        processes(id)
                .forEach(
                        (execId, process) -> {
                            if (process.exit().isEmpty()) {
                                running.add(execId);
                            }
                        });
        return running;
    }

    private Map<String, FakeProcess> require(TaskId id) {
        Map<String, FakeProcess> processes = supervisors.get(id);
        if (processes == null) {
            throw new DavitException(Kind.NOT_FOUND, "no supervisor: task=" + id);
        }
        return processes;
    }

    // ---- the directory: one file a task, one line a process

    private static Path file(Path directory, TaskId id) {
        return directory.resolve(id.namespace().name() + "@" + id.id() + ".task");
    }

    private void store(TaskId id, Map<String, FakeProcess> processes) {
        if (directory.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        processes.forEach(
                (execId, p) ->
                        lines.add(
                                execId
                                        + " "
                                        + p.pid()
                                        + " "
                                        + p.state()
                                        + " "
                                        + p.exit().map(Exit::status).orElse(-1)));
        Path file = file(directory.get(), id);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.write(fresh, lines);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void load(Path file) throws IOException {
        String name = file.getFileName().toString();
        String[] parts = name.substring(0, name.length() - ".task".length()).split("@");
        TaskId id = new TaskId(new Namespace(parts[0]), parts[1]);
        Map<String, FakeProcess> processes = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] words = line.split(" ", -1);
            long pid = Long.parseLong(words[1]);
            pids.accumulateAndGet(pid, Math::max);
            int status = Integer.parseInt(words[3]);
            Optional<Exit> exit =
                    status < 0
                            ? Optional.empty()
                            : Optional.of(Exit.of(pid, status, Instant.now()));
            processes.put(words[0], new FakeProcess(pid, TaskState.valueOf(words[2]), exit));
        }
        supervisors.put(id, processes);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (NoSuchFileException ignored) {
            // gone already
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

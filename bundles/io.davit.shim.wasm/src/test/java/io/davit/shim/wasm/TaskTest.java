package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.ExecTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.OciProcess;
import io.davit.api.task.OciResources;
import io.davit.api.task.ProcessInfo;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskMetrics;
import io.davit.api.task.TaskState;
import io.davit.api.task.UpdateTask;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A task from its bundle on disk to its end, as the shim manager sees it. */
@Timeout(60)
class TaskTest {
    private static final Duration LONG = TaskBench.LONG;

    @TempDir Path directory;
    private TaskBench bench;

    @BeforeEach
    void open() {
        bench = new TaskBench(directory);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static DavitException refused(Kind kind, Executable call) {
        DavitException refused = assertThrows(DavitException.class, call);
        assertEquals(kind, refused.kind(), refused::getMessage);
        assertTrue(refused.getMessage().length() < 500, refused::getMessage);
        return refused;
    }

    private static String read(InputStream in, int count) throws IOException {
        return new String(in.readNBytes(count));
    }

    @Test
    void a_task_is_created_started_awaited_and_deleted() throws IOException {
        TaskBench.Running task = bench.create("t", Stdio.NONE, "/task.wasm", "exit", "42");
        ShimInstance shim = task.shim();
        assertEquals(TaskState.CREATED, shim.status("", LONG).state());
        long pid = shim.status("", LONG).pid();
        assertTrue(pid >= 1L << 30 && pid < 1L << 31, "pid=" + pid);
        assertEquals(pid, shim.start("", LONG));
        Exit exit = task.await();
        assertEquals(42, exit.status());
        assertEquals(pid, exit.pid());
        assertEquals(TaskState.STOPPED, shim.status("", LONG).state());
        assertEquals(Map.of("", exit), task.told().exits());
        refused(Kind.FAILED_PRECONDITION, () -> shim.start("", LONG));
        assertEquals(exit, shim.delete("", LONG));
        refused(Kind.NOT_FOUND, () -> shim.delete("", LONG));
        refused(Kind.NOT_FOUND, () -> shim.status("", LONG));
        shim.close(LONG);
        shim.close(LONG);
        assertEquals(Optional.empty(), bench.plugin().cleanUp(task.told(), LONG));
    }

    @Test
    void states_are_kept() throws IOException {
        TaskBench.Running task = bench.start("t", Stdio.NONE, "/task.wasm", "sleep", "100000");
        ShimInstance shim = task.shim();
        refused(Kind.FAILED_PRECONDITION, () -> shim.delete("", LONG));
        refused(Kind.FAILED_PRECONDITION, () -> shim.resume(LONG));
        refused(Kind.NOT_FOUND, () -> shim.status("nope", LONG));
        refused(Kind.NOT_FOUND, () -> shim.await("nope", LONG));
        assertEquals(Optional.empty(), shim.await("", Duration.ofMillis(5)));
        refused(Kind.ALREADY_EXISTS, () -> bench.plugin().start(task.told(), LONG));
        shim.resize("", new ConsoleSize(80, 25), LONG);
        shim.kill("", Signal.TERM, KillScope.ALL, LONG);
        assertEquals(143, task.await().status());
        shim.kill("", Signal.KILL, KillScope.ALL, LONG);
        refused(Kind.FAILED_PRECONDITION, () -> shim.pause(LONG));
        refused(Kind.FAILED_PRECONDITION, () -> task.exec("e", "/task.wasm"));
    }

    @Test
    void a_task_never_started_is_deleted_with_status_0() throws IOException {
        TaskBench.Running task = bench.create("t", Stdio.NONE, "/task.wasm");
        assertEquals(0, task.shim().delete("", LONG).status());
        assertEquals(Map.of(), task.told().exits());
    }

    @Test
    void a_halted_task_does_nothing_until_it_goes_on() throws Exception {
        PipedOutputStream out = new PipedOutputStream();
        InputStream in = new PipedInputStream(out);
        TaskBench.Running task =
                bench.start(
                        "t",
                        Stdio.streams(null, out, OutputStream.nullOutputStream()),
                        "/task.wasm",
                        "loop",
                        "100000");
        assertEquals("begin\n", read(in, 6));
        ShimInstance shim = task.shim();
        shim.pause(LONG);
        assertEquals(TaskState.PAUSED, shim.status("", LONG).state());
        long before = shim.metrics(LONG).cpuNanos();
        Thread.sleep(50);
        long spent = shim.metrics(LONG).cpuNanos() - before;
        assertTrue(spent < 10_000_000, "it went on for " + spent + " ns");
        refused(Kind.FAILED_PRECONDITION, () -> shim.pause(LONG));
        shim.resume(LONG);
        assertEquals(TaskState.RUNNING, shim.status("", LONG).state());
        while (shim.metrics(LONG).cpuNanos() - before < 20_000_000) {
            Thread.sleep(1);
        }
        shim.kill("", Signal.KILL, KillScope.ALL, LONG);
        task.await();
    }

    @Test
    void execs_share_the_tasks_files() throws IOException {
        TaskBench.Running task = bench.start("t", Stdio.NONE, "/task.wasm", "sleep", "100000");
        ShimInstance shim = task.shim();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        shim.exec(
                new ExecTask(
                        "e1",
                        new OciProcess(
                                "{\"args\":[\"/task.wasm\",\"args\"],\"cwd\":\"/\","
                                        + "\"env\":[\"A=b\"]}"),
                        Stdio.streams(null, out, out)),
                LONG);
        refused(Kind.ALREADY_EXISTS, () -> task.exec("e1", "/task.wasm"));
        assertNotEquals(shim.status("", LONG).pid(), shim.start("e1", LONG));
        assertEquals(0, task.await("e1").status());
        assertEquals("[/task.wasm]\n[args]\n", out.toString());
        out.reset();
        shim.exec(
                new ExecTask(
                        "e2",
                        new OciProcess("{\"args\":[\"#add\",\"1\",\"2\"],\"cwd\":\"/\"}"),
                        Stdio.streams(null, out, out)),
                LONG);
        shim.start("e2", LONG);
        assertEquals(0, task.await("e2").status());
        assertEquals("3\n", out.toString());
        assertEquals(java.util.Set.of("e1", "e2"), task.told().exits().keySet());
        assertEquals(0, shim.delete("e1", LONG).status());
        refused(Kind.NOT_FOUND, () -> shim.status("e1", LONG));
        refused(Kind.NOT_FOUND, () -> task.exec("e3", "/nope.wasm"));
        refused(Kind.NOT_FOUND, () -> task.exec("e3", "#nope"));
        shim.kill("", Signal.KILL, KillScope.ALL, LONG);
    }

    @Test
    void execs_end_with_the_init_process() throws IOException {
        TaskBench.Running task = bench.start("t", Stdio.NONE, "/task.wasm", "sleep", "100000");
        task.exec("e", "/task.wasm", "sleep", "100000");
        task.shim().start("e", LONG);
        List<ProcessInfo> processes = task.shim().processes(LONG);
        assertEquals(List.of("", "e"), processes.stream().map(ProcessInfo::execId).toList());
        task.shim().kill("", Signal.TERM, KillScope.PROCESS, LONG);
        assertEquals(143, task.await("").status());
        assertEquals(137, task.await("e").status());
        assertEquals(List.of(), task.shim().processes(LONG));
    }

    @Test
    void what_it_uses_is_measured() throws Exception {
        PipedOutputStream out = new PipedOutputStream();
        InputStream in = new PipedInputStream(out);
        TaskBench.Running task =
                bench.create(
                        "t",
                        Stdio.streams(null, out, OutputStream.nullOutputStream()),
                        spec -> spec.memoryLimit(8 << 20),
                        "/task.wasm",
                        "spin");
        task.shim().start("", LONG);
        assertEquals("spinning\n", read(in, 9));
        TaskMetrics first = task.shim().metrics(LONG);
        assertEquals(8 << 20, first.memoryLimitBytes());
        assertTrue(
                first.memoryBytes() >= 65_536 && first.memoryBytes() <= 8 << 20, first::toString);
        assertEquals(1, first.pids());
        assertEquals(0, first.oomKills());
        while (task.shim().metrics(LONG).cpuNanos() <= first.cpuNanos()) {
            Thread.sleep(1);
        }
        task.shim().kill("", Signal.KILL, KillScope.ALL, LONG);
    }

    @Test
    void input_ends_after_what_was_written() throws Exception {
        PipedOutputStream writer = new PipedOutputStream();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TaskBench.Running task =
                bench.start(
                        "t",
                        Stdio.streams(new PipedInputStream(writer), out, out),
                        "/task.wasm",
                        "cat");
        writer.write("hello".getBytes());
        writer.flush();
        task.shim().closeStdin("", LONG);
        assertEquals(0, task.await().status());
        assertEquals("hello", out.toString());
    }

    private Path fifo(String name) throws Exception {
        Path fifo = directory.resolve(name);
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        return fifo;
    }

    @Test
    void streams_can_be_fifos() throws Exception {
        Path in = fifo("in");
        Path out = fifo("out");
        TaskBench.Running task =
                bench.start(
                        "t",
                        Stdio.uris("fifo://" + in, out.toString(), "/dev/null", false),
                        "/task.wasm",
                        "cat");
        Files.write(in, "over fifos".getBytes());
        try (InputStream reader = Files.newInputStream(out)) {
            assertEquals("over fifos", new String(reader.readAllBytes()));
        }
        assertEquals(0, task.await().status());
    }

    @Test
    void a_program_whose_reader_goes_away_learns_it() throws Exception {
        Path out = fifo("out");
        TaskBench.Running task =
                bench.start(
                        "t",
                        Stdio.uris("", out.toString(), "/dev/null", false),
                        "/task.wasm",
                        "flood");
        try (InputStream reader = Files.newInputStream(out)) {
            assertEquals('f', reader.read());
        }
        assertEquals(9, task.await().status());
    }

    @Test
    void streams_can_be_files() throws Exception {
        Path in = Files.writeString(directory.resolve("in"), "from a file");
        Path out = Files.writeString(directory.resolve("out"), "before ");
        TaskBench.Running task =
                bench.start(
                        "t",
                        Stdio.uris(in.toString(), "file://" + out, "/dev/null", false),
                        "/task.wasm",
                        "cat");
        assertEquals(0, task.await().status());
        assertEquals("before from a file", Files.readString(out));
    }

    @Test
    void a_link_or_a_directory_is_no_stream() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/null"));
        for (Path each : List.of(link, directory)) {
            refused(
                    Kind.PERMISSION_DENIED,
                    () ->
                            bench.create(
                                    "t" + each.getFileName(),
                                    Stdio.uris("", each.toString(), "/dev/null", false),
                                    "/task.wasm"));
        }
        refused(
                Kind.NOT_FOUND,
                () ->
                        bench.create(
                                "t",
                                Stdio.uris("", directory + "/nope", "/dev/null", false),
                                "/task.wasm"));
    }

    @Test
    void a_module_that_is_not_there_is_named() {
        assertTrue(
                refused(Kind.NOT_FOUND, () -> bench.create("t", Stdio.NONE, "/nope.wasm"))
                        .getMessage()
                        .contains("/nope.wasm"));
        refused(Kind.PERMISSION_DENIED, () -> bench.create("dir", Stdio.NONE, "/"));
        refused(
                Kind.INVALID_ARGUMENT,
                () -> bench.create("cwd", Stdio.NONE, s -> s.cwd("/nope"), "/task.wasm"));
    }

    @Test
    void limits_of_later_processes_can_be_changed() throws IOException {
        TaskBench.Running task = bench.start("t", Stdio.NONE, "/task.wasm", "sleep", "100000");
        UpdateTask update =
                new UpdateTask(new OciResources("{\"memory\":{\"limit\":2097152}}"), Map.of());
        task.shim().update(update, LONG);
        assertEquals(2 << 20, task.shim().metrics(LONG).memoryLimitBytes());
        refused(
                Kind.NOT_IMPLEMENTED,
                () ->
                        task.shim()
                                .update(
                                        new UpdateTask(
                                                new OciResources("{\"cpu\":{\"quota\":50000}}"),
                                                Map.of()),
                                        LONG));
    }

    @Test
    void a_plugin_that_leaves_ends_its_tasks_and_says_so() throws IOException {
        List<TaskBench.Running> tasks = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tasks.add(bench.start("t" + i, Stdio.NONE, "/task.wasm", "sleep", "100000"));
        }
        tasks.add(bench.create("created", Stdio.NONE, "/task.wasm"));
        tasks.get(0).shim().release(true, LONG);
        bench.close();
        for (TaskBench.Running each : tasks) {
            Exit exit = each.told().exits().get("");
            assertEquals(143, exit.status());
            assertEquals(Optional.of(Exit.PLUGIN_REMOVED), exit.reason());
        }
    }

    @Test
    void a_manager_that_leaves_finds_its_tasks_again() throws IOException {
        TaskBench.Running task = bench.start("t", Stdio.NONE, "/task.wasm", "sleep", "100000");
        task.exec("e", "/task.wasm", "exit", "5");
        task.shim().start("e", LONG);
        task.await("e");
        task.shim().release(false, LONG);
        assertEquals(TaskState.RUNNING, task.shim().status("", LONG).state());
        TaskBench.Told next = new TaskBench.Told(task.told().bundle());
        ShimInstance found = bench.plugin().recover(next, LONG);
        assertEquals(5, next.exits().get("e").status());
        found.kill("", Signal.TERM, KillScope.ALL, LONG);
        assertEquals(143, found.await("", LONG).orElseThrow().status());
        assertEquals(143, next.exits().get("").status());
        assertEquals(null, task.told().exits().get(""));
    }

    @Test
    void after_a_restart_of_the_jvm_a_task_is_proven_gone() throws IOException {
        TaskBench.Told told = bench.bundle("t", s -> s, "/task.wasm");
        refused(Kind.NOT_FOUND, () -> bench.plugin().recover(told, LONG));
        assertEquals(Optional.empty(), bench.plugin().cleanUp(told, LONG));
    }

    @Test
    void a_task_for_which_there_is_no_memory_ends_out_of_memory() throws IOException {
        bench.close();
        bench = new TaskBench(directory, new TestConfig().with("memory_total_bytes", 65_536L));
        TaskBench.Running task = bench.start("t", Stdio.NONE, "/task.wasm");
        Exit exit = task.await();
        assertEquals(137, exit.status());
        assertEquals(Optional.of(Exit.OOM), exit.reason());
        assertTrue(task.told().toldOutOfMemory());
        assertEquals(1, task.shim().metrics(LONG).oomKills());
    }

    @Test
    void guests_that_spin_let_others_compute() throws IOException {
        bench.close();
        bench = new TaskBench(directory, new TestConfig().with("cpu_max", 1));
        List<TaskBench.Running> spinning = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            spinning.add(bench.start("s" + i, Stdio.NONE, "/task.wasm", "spin"));
        }
        assertEquals(0, bench.start("t", Stdio.NONE, "/task.wasm", "fib", "20").await().status());
        spinning.forEach(each -> each.shim().close(LONG));
    }

    @Test
    void a_new_configuration_is_for_new_tasks() throws IOException {
        TaskBench.Running before = bench.start("old", Stdio.NONE, "/task.wasm", "sleep", "100000");
        bench.plugin()
                .configure(
                        new TestConfig()
                                .with("cache_dir", directory.resolve("cache").toString())
                                .with("memory_default_bytes", 1L << 20)
                                .with("tasks_max", -5)
                                .make());
        TaskBench.Running after = bench.start("new", Stdio.NONE, "/task.wasm", "sleep", "100000");
        assertEquals(64 << 20, before.shim().metrics(LONG).memoryLimitBytes());
        assertEquals(1 << 20, after.shim().metrics(LONG).memoryLimitBytes());
        assertEquals(TaskState.RUNNING, before.shim().status("", LONG).state());
        before.shim().kill("", Signal.KILL, KillScope.ALL, LONG);
        assertEquals(137, before.await().status());
        before.shim().close(LONG);
        assertEquals(TaskState.RUNNING, after.shim().status("", LONG).state());
        assertEquals(0, bench.start("next", Stdio.NONE, "/task.wasm").await().status());
    }

    @Test
    void there_are_only_so_many_tasks() throws IOException {
        bench.close();
        bench = new TaskBench(directory, new TestConfig().with("tasks_max", 2));
        bench.start("one", Stdio.NONE, "/task.wasm", "sleep", "100000");
        TaskBench.Running two = bench.start("two", Stdio.NONE, "/task.wasm", "sleep", "100000");
        refused(
                Kind.RESOURCE_EXHAUSTED,
                () -> bench.start("three", Stdio.NONE, "/task.wasm", "sleep", "100000"));
        two.shim().close(LONG);
        bench.start("four", Stdio.NONE, "/task.wasm", "sleep", "100000");
    }

    @Test
    void many_tasks_run_at_once() throws IOException {
        List<TaskBench.Running> tasks = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            tasks.add(bench.start("t" + i, Stdio.NONE, "/task.wasm", "sleep", "100000"));
        }
        for (TaskBench.Running each : tasks) {
            assertEquals(TaskState.RUNNING, each.shim().status("", LONG).state());
            each.shim().close(LONG);
        }
        for (TaskBench.Running each : tasks) {
            assertEquals(137, each.told().exits().get("").status());
        }
    }
}

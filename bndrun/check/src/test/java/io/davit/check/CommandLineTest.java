package io.davit.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.BufferedReader;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the command line promises, tried on the built product. */
class CommandLineTest {
    private static final String HELLO = OneShot.example("hello.wasm").toString();
    private static final String WAIT = OneShot.guest("wait.wasm").toString();
    private static final String SPIN = OneShot.guest("spin.wasm").toString();

    @TempDir Path directory;
    private OneShot davit;

    @BeforeEach
    void prepare() throws Exception {
        davit = new OneShot(Files.createDirectory(directory.resolve("run")));
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        assertEquals(List.of(), davit.leftovers());
    }

    @Test
    void a_module_gets_arguments_environment_and_input_and_gives_output_and_status()
            throws Exception {
        Davit.Said ended =
                davit.runWithInput(
                        "one\ntwo\n", "run", "--env", "COLOUR=red", HELLO, "Ada", "-", "exit=42");
        assertEquals(
                """
                Hello from a WebAssembly task.
                argument 1: Ada
                input: one
                input: two
                environment: COLOUR=red
                """,
                ended.text());
        assertEquals("", ended.err());
        assertEquals(42, ended.status());
    }

    @ParameterizedTest
    @CsvSource({
        "125, unknown option, --nosuch=1",
        "125, no runtime, --runtime=io.davit.nosuch.v1",
        "125, identifier, --id=../../etc",
        "125, namespace, --namespace=a..b",
        "125, does not exist, --spec=/nosuch.json",
        "125, does not exist, --rootfs-mounts=/nosuch.json",
        "125, cwd, --cwd=relative",
        "125, memory, --memory=1K"
    })
    void a_request_that_makes_no_sense_is_refused_in_one_line(
            int status, String says, String option) throws Exception {
        Davit.Said ended = davit.run("run", option, HELLO);
        assertEquals("", ended.text());
        assertTrue(ended.err().matches("davit: [^\n]*\n"), ended.err());
        assertTrue(ended.err().contains(says) || says.equals("no runtime"), ended.err());
        assertEquals(status, ended.status());
    }

    @Test
    void what_cannot_be_run_has_a_status_of_its_own() throws Exception {
        Path text = Files.writeString(directory.resolve("text.wasm"), "hello");
        assertEquals(126, davit.run("run", text.toString()).status());
        assertEquals(127, davit.run("run", "nosuch.wasm").status());
        assertEquals(
                127, davit.run("run", "--rootfs", directory.toString(), "/nosuch.wasm").status());
        Davit.Said command = davit.run("run", "--rootfs", directory.toString(), "/bin/sh");
        // 125 where no OCI runtime is installed
        assertTrue(Set.of(125, 127).contains(command.status()), command.err());
        assertTrue(command.err().matches("davit: [^\n]*\n"), command.err());
    }

    @Test
    void a_task_that_runs_too_long_is_ended() throws Exception {
        Davit.Said ended = davit.run("run", "--timeout", "500ms", SPIN);
        assertEquals("ready\n", ended.text());
        assertEquals(124, ended.status());
    }

    @Test
    void the_end_of_input_reaches_the_task() throws Exception {
        assertEquals(3, davit.run("run", WAIT).status());
    }

    @Test
    void a_signal_to_the_process_ends_the_task() throws Exception {
        for (String module : List.of(SPIN, WAIT)) {
            Process process = davit.start("run", module);
            assertEquals("ready", process.inputReader().readLine());
            process.toHandle().destroy(); // Process.destroy closes the streams
            Davit.Said ended = Davit.finish(process, new byte[0]);
            assertEquals(143, ended.status());
            assertEquals("", ended.err());
        }
    }

    @Test
    void a_killed_process_leaves_nothing_that_the_next_run_does_not_remove() throws Exception {
        Process process = davit.start("run", SPIN);
        assertEquals("ready", process.inputReader().readLine());
        assertEquals(1, davit.leftovers().size());
        process.destroyForcibly();
        process.waitFor();
        assertEquals(1, davit.leftovers().size());
        assertEquals(0, davit.run("version").status());
    }

    @Test
    void output_that_nobody_reads_ends_the_task() throws Exception {
        Process process = davit.start("run", OneShot.guest("flood.wasm").toString());
        try (InputStream out = process.getInputStream()) {
            assertEquals('x', out.read());
        }
        assertEquals(141, process.waitFor());
    }

    @Test
    void runs_side_by_side_do_not_disturb_each_other() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            processes.add(davit.start("run", "--id", "same", WAIT));
        }
        for (Process process : processes) {
            BufferedReader out = process.inputReader();
            assertEquals("ready", out.readLine());
        }
        for (Process process : processes) {
            process.getOutputStream().close();
            assertEquals(3, Davit.finish(process, new byte[0]).status());
        }
    }

    @Test
    void a_named_state_is_kept_and_used_by_one_run_at_a_time() throws Exception {
        String root = "--root=" + directory.resolve("kept");
        String state = "--state=" + directory.resolve("kept");
        Process process = davit.start("run", root, state, WAIT);
        assertEquals("ready", process.inputReader().readLine());
        Davit.Said refused = davit.run("run", root, state, HELLO);
        assertEquals(125, refused.status());
        assertTrue(refused.err().contains("used by another run"), refused.err());
        process.getOutputStream().close();
        assertEquals(3, Davit.finish(process, new byte[0]).status());
        assertEquals(0, davit.run("run", root, state, HELLO).status());
        assertTrue(Files.exists(directory.resolve("kept/tasks.journal")));
        try (var bundles = Files.list(directory.resolve("kept/tasks/default"))) {
            assertEquals(List.of(), bundles.toList());
        }
    }

    @Test
    void a_killed_run_s_task_is_found_ended_by_the_next_run_on_the_same_state() throws Exception {
        String root = "--root=" + directory.resolve("kept");
        String state = "--state=" + directory.resolve("kept");
        Process process = davit.start("run", root, state, "--id=lost", SPIN);
        assertEquals("ready", process.inputReader().readLine());
        process.destroyForcibly();
        process.waitFor();
        Davit.Said again = davit.run("run", root, state, "--id=lost", HELLO);
        assertEquals(125, again.status());
        assertTrue(again.err().contains("task exists"), again.err());
    }

    @Test
    void a_plan_says_who_does_what_and_does_nothing() throws Exception {
        Davit.Said ended =
                davit.run(
                        "plan",
                        "--mount=type=tmpfs,source=tmpfs",
                        "--mount=type=bind,source=/usr,target=usr,option=ro",
                        HELLO);
        assertEquals(0, ended.status());
        assertTrue(ended.text().contains("start shim"), ended.text());
        assertTrue(ended.text().contains("io.davit.shim.wasm"), ended.text());
        assertTrue(
                ended.text().lines().anyMatch(l -> l.matches("1 +bind +/usr +- +runtime .*")),
                ended.text());
    }

    @Test
    void runtimes_are_listed_with_bundle_and_facts() throws Exception {
        String out = davit.run("runtimes").text();
        String line = out.lines().filter(l -> l.startsWith("io.davit.wasm.v1 ")).findFirst().get();
        assertTrue(line.matches("io.davit.wasm.v1 +io.davit.shim.wasm +[^ ]+ +in this JVM"), line);
        assertTrue(out.contains("\n    mounts itself: bind, overlay, tmpfs\n"), out);
        String json = davit.run("runtimes", "--json").text();
        assertTrue(json.contains("\"runtime\":\"io.davit.wasm.v1\""), json);
        assertTrue(json.contains("\"mounts\":[\"bind\",\"overlay\",\"tmpfs\"]"), json);
    }

    @Test
    void help_is_told_in_parts() throws Exception {
        assertTrue(davit.run("help").text().startsWith("usage: davit run "));
        assertTrue(davit.run("run", "--help").text().contains("--rootfs DIR"));
        assertTrue(davit.run("help", "task").text().contains("\n  exec [OPTION...]"));
        assertTrue(davit.run("task", "--help").text().startsWith("usage: davit task VERB"));
        assertTrue(davit.run("task", "kill", "--help").text().startsWith("usage: davit task kill"));
        Davit.Said unknown = davit.run("task");
        assertEquals("davit: task needs a verb; see: davit help task\n", unknown.err());
        assertEquals(125, unknown.status());
    }
}

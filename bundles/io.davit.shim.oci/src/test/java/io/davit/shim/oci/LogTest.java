package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.task.Stdio;
import io.davit.api.task.TaskLog;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a task writes is kept. */
class LogTest extends OciTest {
    private static List<String> lines(TestContext context) {
        List<String> lines = new ArrayList<>();
        try (TaskLog log = TaskLog.open(context.bundle().path())) {
            StringBuilder line = new StringBuilder();
            for (Optional<TaskLog.Line> l = log.next(); l.isPresent(); l = log.next()) {
                line.append(new String(l.get().text(), StandardCharsets.UTF_8));
                if (l.get().complete()) {
                    lines.add((l.get().error() ? "err " : "out ") + line);
                    line.setLength(0);
                }
            }
        }
        return lines;
    }

    @Test
    void both_streams_are_kept_with_and_without_a_reader() throws Exception {
        TestSpec spec = TestSpec.shell("echo one; echo two >&2");
        TestContext context = host.bundle("t1", spec);
        ShimInstance shim = host.run(context, Stdio.NONE);
        shim.await(INIT, LONG).orElseThrow();
        List<String> kept = lines(context);
        assertTrue(kept.contains("out one") && kept.contains("err two"), kept.toString());
        assertEquals(2, kept.size());
        shim.delete(INIT, LONG);
    }

    private static long size(Path logs) {
        try (Stream<Path> files = Files.list(logs)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            return -1;
        }
    }

    @Test
    void a_log_is_limited_and_the_newest_lines_are_kept() throws Exception {
        TestSpec spec = TestSpec.shell("seq 1 60000; sleep 1000");
        TestContext context = host.bundle("t1", spec);
        ShimInstance shim = host.run(context, Stdio.NONE);
        Path logs = context.bundle().path().resolve("logs");
        until("rotation", () -> Files.exists(logs.resolve("output.1")));
        until("last line", () -> lines(context).contains("out 60000"));
        assertTrue(size(logs) <= 3 * (1 << 20), "bytes=" + size(logs));
        List<String> kept = lines(context);
        // The first may be the rest of a line whose beginning is not kept any more.
        for (int i = 2; i < kept.size(); i++) {
            long before = Long.parseLong(kept.get(i - 1).substring(4));
            long now = Long.parseLong(kept.get(i).substring(4));
            assertTrue(now > before, before + " " + now);
        }
        shim.kill(INIT, io.davit.api.task.Signal.KILL, io.davit.api.task.KillScope.PROCESS, LONG);
        shim.await(INIT, LONG).orElseThrow();
        shim.delete(INIT, LONG);
    }
}

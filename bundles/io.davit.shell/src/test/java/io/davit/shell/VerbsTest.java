package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.oci.Json;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Command lines, what they end with, and what is recorded of them. */
class VerbsTest {
    @TempDir Path root;
    private final TestSession session = new TestSession();
    private Verbs verbs;

    @BeforeEach
    void make_verbs() {
        Syntax one = Syntax.words(1, 1);
        verbs =
                new Verbs(
                        Map.of(
                                "task good", Verb.changing(one, this::good),
                                "task bad", Verb.changing(one, this::bad),
                                "task defect", Verb.reading(one, this::defect),
                                "plan", Verb.reading(Syntax.RAW, this::good)),
                        new Audit(root.toString()));
    }

    private int good(Call call) {
        call.about("task", call.words().rest().get(0));
        return 42;
    }

    private int bad(Call call) {
        throw new DavitException(Kind.NOT_FOUND, "no such task: id=x");
    }

    private int defect(Call call) {
        throw new IllegalStateException("oops");
    }

    private int run(String... line) {
        return verbs.run(List.of(line), session);
    }

    @Test
    void a_verb_s_status_is_the_command_s() {
        assertEquals(42, run("task", "good", "x"));
        assertEquals("", session.errText());
    }

    @Test
    void an_unknown_verb_ends_with_one_line() {
        assertEquals(125, run("nosuch"));
        assertEquals(125, run("task", "nosuch"));
        assertEquals(125, run("task"));
        assertEquals(
                "davit: unknown command \"nosuch\"; see: davit help\n"
                        + "davit: unknown command \"task nosuch\"; there are: bad, defect, good\n"
                        + "davit: task needs one of: bad, defect, good\n",
                session.errText());
    }

    @Test
    void help_is_told_whether_or_not_the_verb_is_there() {
        assertEquals(0, run("task", "kill", "--help"));
        assertTrue(session.outText().startsWith("usage: davit task kill "), session.outText());
        assertEquals("", session.errText());
    }

    @Test
    void a_failure_is_one_line() {
        assertEquals(125, run("task", "bad", "x"));
        assertEquals(125, run("task", "good"));
        assertEquals(125, run("task", "defect", "x"));
        assertEquals(
                "davit: no such task: id=x\n"
                        + "davit: task good: too few words; see: davit help\n"
                        + "davit: this is a defect of Davit:"
                        + " java.lang.IllegalStateException: oops\n",
                session.errText());
    }

    @Test
    void changes_are_recorded_and_reads_are_not() throws Exception {
        run("task", "good", "t\n1");
        run("task", "bad", "x");
        run("plan", "x");
        List<String> lines = Files.readAllLines(root.resolve("audit.log"));
        assertEquals(2, lines.size());
        Map<?, ?> first = (Map<?, ?>) Json.parse("line", lines.get(0));
        assertEquals("tester", first.get("caller"));
        assertEquals("task good", first.get("what"));
        assertEquals("t\n1", first.get("task"));
        assertEquals(42L, first.get("status"));
        assertFalse(first.containsKey("failure"));
        assertTrue(lines.get(1).contains("\"failure\":\"no such task: id=x\""));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(root.resolve("audit.log"))));
    }

    @Test
    void a_service_that_is_not_there_is_named() {
        Managers none = new Managers(Duration.ofMillis(1));
        Verbs all = new Verbs(new TaskReads(none).verbs(), new Audit(""));
        assertEquals(125, all.run(List.of("task", "list"), session));
        assertEquals("davit: service is not there: service=TaskManager\n", session.errText());
    }
}

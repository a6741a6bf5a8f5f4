package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Words after a verb. */
class WordsTest {
    private static final Syntax KILL = Syntax.words(1, 1).values("--signal").flags("--all");
    private static final Syntax EXEC =
            Syntax.program(2).values("--env").flags("--interactive", "--tty");

    private static Words read(Syntax syntax, String... args) throws CommandFailure {
        return Words.read(syntax, List.of(args));
    }

    private static String refused(Syntax syntax, String... args) {
        return assertThrows(CommandFailure.class, () -> read(syntax, args)).getMessage();
    }

    @Test
    void options_may_follow_words() throws Exception {
        Words words = read(KILL, "a", "--signal", "INT", "--all", "--state=/x");
        assertEquals(List.of("a"), words.rest());
        assertEquals("INT", words.value("--signal").orElseThrow());
        assertTrue(words.has("--all"));
    }

    @Test
    void the_words_of_a_program_keep_their_dashes() throws Exception {
        Words words = read(EXEC, "-it", "a", "sh", "-c", "--tty", "--");
        assertEquals(List.of("a", "sh", "-c", "--tty", "--"), words.rest());
        assertTrue(words.has("--interactive"));
        assertTrue(words.has("--tty"));
    }

    @Test
    void two_dashes_end_the_options() throws Exception {
        assertEquals(List.of("-a"), read(KILL, "--", "-a").rest());
        assertFalse(read(EXEC, "--", "a", "b", "-t").has("--tty"));
    }

    @Test
    void an_id_may_carry_its_namespace() throws Exception {
        assertEquals("default/a", read(KILL, "a").taskId().toString());
        assertEquals("ns/a", read(KILL, "ns/a").taskId().toString());
        assertEquals("ns/a", read(KILL, "--namespace", "ns", "a").taskId().toString());
        for (String bad : List.of("../etc", "a/b/c", "a\n", "-", "/a", "a/")) {
            Words words = read(KILL, "--", bad);
            assertThrows(DavitException.class, words::taskId, bad);
        }
    }

    @Test
    void what_is_unknown_or_incomplete_is_refused() {
        assertTrue(refused(KILL).startsWith("too few words"));
        assertTrue(refused(KILL, "a", "b").startsWith("too many words: \"b\""));
        assertTrue(refused(KILL, "a", "--nosuch").startsWith("unknown option"));
        assertTrue(refused(KILL, "a", "--all=1").startsWith("unknown option"));
        assertTrue(refused(KILL, "a", "-t").startsWith("unknown option"));
        assertTrue(refused(KILL, "a", "--signal").contains("needs a value"));
        assertTrue(refused(EXEC, "-ix", "a", "b").startsWith("unknown option"));
    }

    @Test
    void an_option_given_twice_is_refused() throws Exception {
        Words words = read(KILL, "a", "--signal=1", "--signal=2");
        assertThrows(CommandFailure.class, () -> words.value("--signal"));
        assertEquals(
                List.of("A=1", "B=2"),
                read(EXEC, "--env=A=1", "--env=B=2", "a", "b").values("--env"));
    }
}

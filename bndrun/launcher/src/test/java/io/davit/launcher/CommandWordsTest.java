package io.davit.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the launcher takes from a command line. */
class CommandWordsTest {
    private static CommandWords of(String... args) throws Exception {
        return CommandWords.of(List.of(args));
    }

    private static Optional<String> state(String... args) throws Exception {
        return of(args).state().map(Path::toString);
    }

    @Test
    void directories_are_found_behind_flags_and_words() throws Exception {
        assertEquals(Optional.of("/s"), state("run", "-d", "--state", "/s", "m"));
        assertEquals(Optional.of("/s"), state("run", "--tty", "--state=/s", "m"));
        assertEquals(Optional.of("/s"), state("task", "kill", "a", "--state", "/s"));
        assertEquals(Optional.of("/s"), state("mount", "fsck", "--repair", "--state", "/s"));
        assertEquals(Optional.of("/s"), state("task", "list", "--json", "--state", "/s"));
    }

    @Test
    void the_words_of_a_program_are_its_own() throws Exception {
        assertEquals(Optional.empty(), state("run", "m", "--state", "/s"));
        assertEquals(Optional.empty(), state("task", "exec", "a", "sh", "--state", "/s"));
        assertEquals(Optional.empty(), state("task", "exec", "--env", "--state", "a", "/s"));
        assertEquals(Optional.empty(), state("task", "kill", "--", "--state", "/s"));
    }

    @ParameterizedTest
    @CsvSource({
        "task --state /s list, task list --state /s",
        "--namespace=n task --state /s kill a, task kill --namespace=n --state /s a",
        "--state /s run m --state x, run --state /s m --state x",
        "run --state /s m, run --state /s m",
        "mount list --json, mount list --json",
        "task --help, task --help",
        "--version, --version",
        "--state, --state"
    })
    void common_options_may_stand_before_the_verb(String given, String ordered) {
        assertEquals(List.of(ordered.split(" ")), CommandWords.ordered(List.of(given.split(" "))));
    }

    @Test
    void who_runs_a_command() throws Exception {
        assertTrue(of("task", "list").needsDaemon());
        assertTrue(of("mount", "gc").needsDaemon());
        assertTrue(of("run", "-dt", "m").needsDaemon());
        assertTrue(of("run", "--detach", "m").needsDaemon());
        assertFalse(of("run", "m", "--detach").needsDaemon());
        assertTrue(of("run", "m").mayAskDaemon());
        assertFalse(of("help").mayAskDaemon());
        assertFalse(of("task", "--help").needsDaemon());
        assertFalse(of("run", "--help").mayAskDaemon());
    }

    @Test
    void a_daemon_has_no_other_words() {
        for (String word : List.of("now", "--grp=davit", "-d")) {
            IOException refused = assertThrows(IOException.class, () -> of("daemon", word));
            assertTrue(refused.getMessage().contains("see: davit help daemon"));
        }
    }

    @Test
    void a_verb_of_two_words_needs_both() throws Exception {
        assertFalse(of("task").needsDaemon());
        assertFalse(of("mount", "--state", "/s").needsDaemon());
    }

    @Test
    void a_daemon_keeps_its_directories() throws Exception {
        assertTrue(of("daemon").isDaemon());
        assertTrue(of("daemon").keepsDirectories());
        assertTrue(of().keepsDirectories());
        assertFalse(of("run", "m").keepsDirectories());
        assertEquals(Optional.of("davit"), of("daemon", "--group=davit").group());
    }
}

package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The help that command lines ask for. */
class UsageTest {
    private static Optional<String> asked(String line) throws CommandFailure {
        return Usage.asked(line.isEmpty() ? List.of() : List.of(line.split(" ")));
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "'',usage: davit run [OPTION",
                "-h,usage: davit run [OPTION",
                "help task,usage: davit task VERB",
                "task --help,usage: davit task VERB",
                "run --help,usage: davit run [OPTION",
                "run -it --help,usage: davit run",
                "help plan,usage: davit run",
                "task create --help,usage: davit run",
                "task kill x --help,usage: davit task kill [-s SIGNAL]",
                "help task exec,usage: davit task exec [OPTION",
                "mount fsck --help,usage: davit mount fsck",
                "help daemon,usage: davit daemon"
            })
    void each_part_is_shown_by_itself(String line, String begin) throws Exception {
        String text = asked(line).orElseThrow();
        assertTrue(text.startsWith(begin), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run hello.wasm --help",
                "run -- hello.wasm --help",
                "task exec x ls --help",
                "task exec -i x ls --help",
                "task list"
            })
    void what_belongs_to_a_program_is_no_question(String line) throws Exception {
        assertEquals(Optional.empty(), asked(line));
    }

    @Test
    void an_unknown_verb_has_no_help() {
        assertThrows(CommandFailure.class, () -> asked("help nosuch"));
        assertThrows(CommandFailure.class, () -> asked("help task nosuch"));
        assertThrows(CommandFailure.class, () -> asked("nosuch --help"));
    }

    @Test
    void every_verb_has_help_that_fits_a_terminal() throws Exception {
        Managers none = new Managers(Duration.ZERO);
        ShellVerbs verbs = new ShellVerbs(none, new TaskLogs(), new Audit(""));
        for (String verb : verbs.names()) {
            String text = asked("help " + verb).orElseThrow();
            assertTrue(text.lines().allMatch(line -> line.length() <= 80), text);
        }
    }
}

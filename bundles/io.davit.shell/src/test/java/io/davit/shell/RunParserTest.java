package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.mount.Mount;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** What the options of run and plan mean, and what is refused. */
class RunParserTest {
    private static RunOptions parse(String... args) throws CommandFailure {
        return RunParser.parse(List.of(args));
    }

    private static String refused(String... args) {
        CommandFailure failure = assertThrows(CommandFailure.class, () -> parse(args));
        assertEquals(CommandFailure.FAILED, failure.status());
        return failure.getMessage();
    }

    @Test
    void words_begin_at_the_first_word_without_a_dash_and_keep_their_dashes() throws Exception {
        RunOptions options = parse("--id", "a", "m.wasm", "--id", "b", "--", "-x");
        assertEquals("a", options.id().orElseThrow());
        assertEquals(List.of("m.wasm", "--id", "b", "--", "-x"), options.words());
    }

    @Test
    void two_dashes_end_the_options() throws Exception {
        assertEquals(List.of("--odd.wasm"), parse("--id=a", "--", "--odd.wasm").words());
    }

    @Test
    void a_value_may_follow_an_equals_sign_and_hold_another() throws Exception {
        assertEquals(List.of("A=b=c", "D="), parse("--env=A=b=c", "--env", "D=", "m").env());
    }

    @Test
    void mounts_and_binds_keep_their_order() throws Exception {
        RunOptions options =
                parse(
                        "--mount=type=bind,source=/a,option=ro",
                        "--mount=type=overlay,source=overlay,target=p,option=lowerdir=/a:/b",
                        "--bind=/x:/y:ro",
                        "--bind=z:/w",
                        "m");
        assertEquals(
                List.of(
                        new Mount("bind", "/a", "", List.of("ro")),
                        new Mount("overlay", "overlay", "p", List.of("lowerdir=/a:/b"))),
                options.mounts());
        assertEquals(
                List.of(
                        new Mount("bind", "/x", "/y", List.of("rbind", "ro")),
                        new Mount(
                                "bind",
                                Path.of("z").toAbsolutePath().toString(),
                                "/w",
                                List.of("rbind", "rw"))),
                options.binds());
    }

    @ParameterizedTest
    @CsvSource({
        "1,1",
        "64M,67108864",
        "64m,67108864",
        "64MiB,67108864",
        "2k,2048",
        "1G,1073741824",
        "10b,10"
    })
    void memory_is_bytes_with_a_unit(String text, long bytes) throws Exception {
        assertEquals(OptionalLong.of(bytes), parse("--memory", text, "m").memory());
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "10s,10000", "10,10000", "5m,300000", "24h,86400000"})
    void a_timeout_is_a_number_with_a_unit(String text, long millis) throws Exception {
        assertEquals(Duration.ofMillis(millis), parse("--timeout", text, "m").timeout().get());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--memory=-1",
                "--memory=",
                "--memory=1T",
                "--memory=99999999999999999G",
                "--memory=\u0661",
                "--timeout=0",
                "--timeout=-1s",
                "--timeout=25h",
                "--timeout=1.5s",
                "--env=novalue",
                "--env==x",
                "--bind=/a",
                "--bind=/a:b",
                "--bind=/a:/b:rx",
                "--bind=:/b",
                "--mount=source=/a",
                "--mount=type=",
                "--mount=type=a,type=b",
                "--mount=type=a,colour=red",
                "--mount=type=a,ro",
                "--rootfs=",
                "--nosuch=1",
                "-x",
                "-",
                "--ID=a"
            })
    void a_malformed_option_is_refused(String option) {
        assertTrue(refused(option, "m.wasm").endsWith("; see: davit help"));
    }

    @Test
    void an_option_without_its_value_is_refused() {
        assertEquals("option --id needs a value; see: davit help", refused("--id"));
    }

    @Test
    void an_option_given_twice_is_refused() {
        assertEquals(
                "option --id is given twice; see: davit help", refused("--id=a", "--id=b", "m"));
    }

    @Test
    void two_root_filesystems_are_refused() {
        refused("--rootfs=/a", "--mount=type=tmpfs", "m");
        refused("--rootfs=/a", "--rootfs-mounts=/b", "m");
        refused("--mount=type=tmpfs", "--rootfs-mounts=/b", "m");
    }

    @Test
    void a_command_line_without_a_program_is_refused() {
        refused();
        refused("--id=a", "--");
    }

    @Test
    void the_value_of_a_variable_is_never_shown() {
        assertEquals("--env \"\" is no NAME=VALUE; see: davit help", refused("--env==secret", "m"));
    }
}

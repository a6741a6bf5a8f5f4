package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runtimes say about programs, and what it means. */
class ProgramFailureTest {
    private static DavitException cause(String why) {
        return new DavitException(Kind.INTERNAL, "create in shim: " + why);
    }

    private static CommandFailure blamed(String why) {
        return assertThrows(
                CommandFailure.class, () -> ProgramFailure.orElse(cause(why), "no\np", "; hint"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "executable file `/bin/nope` not found in $PATH: No such file or directory",
                "runc create failed: unable to start container process: exec: \"/bin/nope\": stat"
                        + " /bin/nope: no such file or directory",
                "OCI runtime create failed: unable to start container process: exec: \"nope\":"
                        + " executable file not found in $PATH",
                "module not found in the task's files: path=\"/x.wasm\""
            })
    void a_program_that_is_not_there_is_127(String why) {
        CommandFailure failure = blamed(why);
        assertEquals(127, failure.status());
        assertEquals(
                "not found in the task's files: program=\"no\\np\"; hint", failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "open executable: Operation not permitted",
                "open executable: Permission denied",
                "runc create failed: unable to start container process: exec: \"/etc\":"
                        + " permission denied",
                "exec: \"/etc\": is a directory",
                "exec /bin/x: exec format error",
                "module cannot be read: path=\"/x\" cause=ISDIR"
            })
    void a_program_that_cannot_be_executed_is_126(String why) {
        CommandFailure failure = blamed(why);
        assertEquals(126, failure.status());
        assertEquals("not executable: program=\"no\\np\"", failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "binary containerd-shim-nope-v1 not in PATH",
                "chdir `/nowhere`: No such file or directory",
                "error during container init: mkdir /bin/true: not a directory",
                "root filesystem cannot be found: path=\"/nonexistent\""
            })
    void anything_else_is_no_fault_of_the_program(String why) throws Exception {
        DavitException cause = cause(why);
        assertSame(cause, ProgramFailure.orElse(cause, "p", ""));
    }
}

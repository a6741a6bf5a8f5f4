package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Texts;

import java.util.regex.Pattern;

/**
 * Tells a program that is not there, or cannot be executed, from what Davit cannot do.
 *
 * <p>Runtimes say which it was in words alone, and crun, runc and shims around them in different
 * ones. Sources: messages of crun 1.8, runc 1.1 and containerd's shim 1.6.
 */
final class ProgramFailure {
    private static final Pattern MISSING =
            Pattern.compile(
                    "executable file.{0,400} not found"
                            + "|exec: \"[^\"]{0,400}\": stat .{0,400}no such file or directory"
                            + "|module not found in the task's files",
                    Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern UNFIT =
            Pattern.compile(
                    "open executable: "
                            + "|exec: \"[^\"]{0,400}\": (permission denied|is a directory)"
                            + "|exec format error"
                            + "|module cannot be read: ",
                    Pattern.CASE_INSENSITIVE);

    private ProgramFailure() {}

    /**
     * Returns the failure, unless the program is to blame.
     *
     * @param cause why a process was not made or not started
     * @param program what was to be run
     * @param hint what may help if it is not there; may be empty
     * @throws CommandFailure if the program is to blame
     */
    static DavitException orElse(DavitException cause, String program, String hint)
            throws CommandFailure {
        String why = cause.getMessage();
        String which = "program=" + Texts.quote(program);
        if (MISSING.matcher(why).find()) {
            throw new CommandFailure(
                    CommandFailure.NOT_FOUND, "not found in the task's files: " + which + hint);
        }
        if (UNFIT.matcher(why).find()) {
            throw new CommandFailure(CommandFailure.NOT_EXECUTABLE, "not executable: " + which);
        }
        return cause;
    }
}

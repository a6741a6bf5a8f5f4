package io.davit.linux;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code /proc/PID/stat} says about a process.
 *
 * @param pid its number, which is used again after it has been reaped
 * @param name its program's name, cut by the kernel
 * @param state one letter: {@code R}, {@code S}, {@code D}, {@code T}, {@code Z}, …
 * @param parent the parent's number
 * @param startTime clock ticks from boot to its start; together with the number it names one
 *     process
 */
public record ProcessStatus(int pid, String name, char state, int parent, long startTime) {
    private static final int LIMIT = 8192;
    private static final int STATE = 0;
    private static final int PARENT = 1;
    private static final int START_TIME = 19;

    /** Reads a process; nothing if there is none with this number. */
    public static Optional<ProcessStatus> of(int pid) throws LinuxException {
        try {
            String text = SmallFiles.readText(Path.of("/proc/" + pid + "/stat"), LIMIT);
            return Optional.of(parse(text));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT, Errno.ESRCH)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Parses a line; the name stands in parentheses and may hold some itself. */
    static ProcessStatus parse(String text) throws LinuxException {
        int open = text.indexOf(" (");
        int close = text.lastIndexOf(") ");
        String[] rest = text.substring(Math.max(0, close + 2)).trim().split(" ");
        if (open < 0 || close < open || rest.length <= START_TIME) {
            throw new LinuxException(Errno.EINVAL, "parse stat", text, "too few fields");
        }
        try {
            return new ProcessStatus(
                    Integer.parseInt(text.substring(0, open)),
                    text.substring(open + 2, close),
                    rest[STATE].charAt(0),
                    Integer.parseInt(rest[PARENT]),
                    Long.parseLong(rest[START_TIME]));
        } catch (NumberFormatException e) {
            throw new LinuxException(Errno.EINVAL, "parse stat", text, "no number");
        }
    }

    /** Says whether it has ended: a zombie is dead, it only waits for its parent. */
    public boolean isDead() {
        return state == 'Z' || state == 'X' || state == 'x';
    }

    /** Says whether a process recorded with its start time is alive now. */
    public static boolean isAlive(int pid, long startTime) throws LinuxException {
        return of(pid).filter(p -> p.startTime() == startTime && !p.isDead()).isPresent();
    }
}

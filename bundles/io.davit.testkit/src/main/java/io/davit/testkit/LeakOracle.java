package io.davit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * What a machine holds because of a test, at one moment: taken before the test and compared with
 * the machine after it, anything new is a leak.
 *
 * <p>A thing belongs to a test if it is below the test's directory, or if its name, command line,
 * working directory or environment holds that directory or a word that the test chose. Needs Linux;
 * what cannot be read, because it belongs to another user, is not seen.
 *
 * @since 1.0
 */
public final class LeakOracle {
    private static final long PAUSE_MILLIS = 10;

    private final Path root;
    private final String word;
    private final Map<Kind, Set<String>> seen;

    /** What can be left. */
    public enum Kind {
        /** Processes that live, and dead ones that this process should have waited for. */
        PROCESS,
        /** Mounts in this process's namespace, below the directory. */
        MOUNT,
        /** Control groups of any hierarchy whose path holds the word. */
        CGROUP,
        /** Unix sockets. */
        SOCKET,
        /** Named pipes below the directory. */
        FIFO,
        /** Other files and directories below the directory. */
        FILE,
        /** Open files of this process below the directory. */
        DESCRIPTOR,
        /** Loop devices over files below the directory. */
        LOOP_DEVICE,
        /** Threads of this process whose name begins {@code davit-}. */
        THREAD
    }

    private LeakOracle(Path root, String word, Map<Kind, Set<String>> seen) {
        this.root = root;
        this.word = word;
        this.seen = seen;
    }

    /**
     * Looks at the machine.
     *
     * @param root the test's directory, without links in its path
     * @param word a word that is in the names of what the test makes elsewhere
     * @return what is there now; never {@code null}
     * @throws IOException if the machine cannot be looked at
     */
    public static LeakOracle now(Path root, String word) throws IOException {
        Map<Kind, Set<String>> seen = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            seen.put(kind, new MachineView(root, word).find(kind));
        }
        return new LeakOracle(root, word, seen);
    }

    /**
     * Fails if there is anything that was not there when this was made; gives it some time to go.
     *
     * @param within the longest time to wait for it to go
     * @throws IOException if the machine cannot be looked at
     * @throws InterruptedException if interrupted while waiting
     */
    public void assertNothingNew(Duration within) throws IOException, InterruptedException {
        assertNothingNew(within, EnumSet.allOf(Kind.class));
    }

    /**
     * Fails if there is anything of some kinds that was not there when this was made; gives it some
     * time to go.
     *
     * @param within the longest time to wait for it to go
     * @param kinds what to look at
     * @throws IOException if the machine cannot be looked at
     * @throws InterruptedException if interrupted while waiting
     */
    public void assertNothingNew(Duration within, Set<Kind> kinds)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        List<String> left = new ArrayList<>();
        for (Kind kind : kinds) {
            List<String> ofKind = left(EnumSet.of(kind));
            while (!ofKind.isEmpty() && end - System.nanoTime() > 0) {
                Thread.sleep(PAUSE_MILLIS);
                ofKind = left(EnumSet.of(kind));
            }
            left.addAll(ofKind);
        }
        assertEquals(List.of(), left, "left behind");
    }

    /**
     * Lists what was not there when this was made.
     *
     * @param kinds what to look at
     * @return each with its kind; a copy; never {@code null}
     * @throws IOException if the machine cannot be looked at
     */
    public List<String> left(Set<Kind> kinds) throws IOException {
        List<String> left = new ArrayList<>();
        MachineView view = new MachineView(root, word);
        for (Kind kind : kinds) {
            for (String each : view.find(kind)) {
                if (!seen.get(kind).contains(each)) {
                    left.add(kind + " " + each);
                }
            }
        }
        return left;
    }

    /** Waits, with a bound, for what others do. */
    static void await(Duration within, String what, BooleanSupplier done)
            throws InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        while (!done.getAsBoolean()) {
            if (end - System.nanoTime() < 0) {
                throw new AssertionError("did not happen: " + what);
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }
}

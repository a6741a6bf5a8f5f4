package io.davit.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A process that writes is killed with SIGKILL, at every crash point and at any moment.
 *
 * <p>More rounds with {@code -Ddavit.journal.kills=500}.
 */
@Timeout(120)
class KillTest {
    private static final int ROUNDS = Integer.getInteger("davit.journal.kills", 20);
    private static final int MOST_LINES = 200;

    /** More lines than a child that reaches its crash point ever tells. */
    private static final int UNTIL_HIT = 20_000;

    @TempDir Path directory;

    /** What a child told before it died. */
    private record Told(long from, long durable, String hit) {}

    @Test
    void no_acknowledged_record_is_lost_when_the_process_is_killed_at_any_moment()
            throws IOException {
        Random random = new Random();
        long durable = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Told told = run(null, random.nextInt(MOST_LINES) + 1);
            assertTrue(told.from() >= durable, "round=" + round + " " + told + " " + durable);
            assertTrue(told.durable() > told.from());
            durable = told.durable();
            assertTrue(last() >= durable, "round=" + round + " " + told + " last=" + last());
        }
        assertEquals(0, setAside());
    }

    @ParameterizedTest
    @EnumSource(JournalPoint.class)
    void no_acknowledged_record_is_lost_at_a_crash_point(JournalPoint point) throws IOException {
        boolean atOpening = point == JournalPoint.TAIL_FOUND || point == JournalPoint.TAIL_CUT;
        long durable = 0;
        if (atOpening) {
            durable = run(JournalPoint.STORE_WRITE + "#20", UNTIL_HIT).durable();
        }
        String wanted = point + (atOpening ? "#1" : "#2");
        Told told = run(wanted, UNTIL_HIT);
        assertEquals(wanted, told.hit());
        durable = Math.max(durable, told.durable());
        long last = last();
        assertTrue(last >= durable, "last=" + last + " " + told);
        assertEquals(last, last(), "another answer at the next opening");
        assertEquals(0, setAside());
    }

    private long last() throws JournalException {
        ChildJournal.Numbers numbers = new ChildJournal.Numbers();
        Journal.open(directory, ChildJournal.OPTIONS, numbers::replay).close();
        return numbers.last();
    }

    private long setAside() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().startsWith("store.bad-")).count();
        }
    }

    /** Runs a child until it reports a crash point or has told so many lines, then kills it. */
    private Told run(String crashPoint, int lines) throws IOException {
        Process child = ChildJournal.start("write", directory, crashPoint);
        long from = 0;
        long durable = 0;
        String hit = null;
        try (BufferedReader out = child.inputReader()) {
            for (int i = 0; i <= lines && hit == null; i++) {
                String line = out.readLine();
                assertNotNull(line, "child ended by itself");
                if (line.startsWith("from ")) {
                    from = Long.parseLong(line.substring("from ".length()));
                    durable = from;
                } else if (line.startsWith("durable ")) {
                    durable = Long.parseLong(line.substring("durable ".length()));
                } else {
                    hit = line;
                }
            }
            // through the handle, as Process would close the pipe with what is in it
            child.toHandle().destroyForcibly();
            String rest = out.readLine();
            while (rest != null) {
                if (rest.matches("durable [0-9]+")) {
                    durable = Math.max(durable, Long.parseLong(rest.substring(8)));
                }
                rest = out.readLine();
            }
        } finally {
            child.destroyForcibly().onExit().join();
        }
        return new Told(from, durable, hit);
    }
}

package io.davit.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Acknowledged means durable, when the power goes at any operation and what was not synced is
 * dropped, torn and reordered.
 *
 * <p>The round's number is its seed. More rounds with {@code -Ddavit.journal.rounds=3000}.
 */
class PowerCutTest {
    private static final int ROUNDS = Integer.getInteger("davit.journal.rounds", 600);
    private static final int GENERATIONS = 4;
    private static final int MODES = 4;
    private static final JournalOptions OPTIONS = JournalOptions.named("power");

    /** How many records a snapshot folds into its one record is in that record. */
    private static final byte FOLDED = 1;

    private static final byte SINGLE = 2;

    @Test
    void no_acknowledged_record_is_lost_in_a_power_cut() throws IOException {
        long acknowledged = 0;
        int snapshots = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            Round round = new Round(seed);
            round.run();
            acknowledged += round.acknowledged;
            snapshots += round.snapshots;
        }
        assertTrue(acknowledged > 20L * ROUNDS, "acknowledged=" + acknowledged);
        assertTrue(snapshots > ROUNDS / 4, "snapshots=" + snapshots);
    }

    /** Four times: recover, append, lose power. */
    private static final class Round {
        private final int seed;
        private final Random random;
        private SimulatedStorage storage = new SimulatedStorage();

        /** Numbers 1 to this are durable by promise, and 1 to that were submitted. */
        private long acknowledged;

        private long submitted;
        private long recovered;
        private int snapshots;

        /** The newest record submitted under each number. */
        private final Map<Long, byte[]> contents = new HashMap<>();

        Round(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() throws IOException {
            for (int generation = 0; generation < GENERATIONS; generation++) {
                storage.cutPowerAfter(random.nextInt(120) + 3);
                try {
                    work(recover());
                } catch (IOException e) {
                    assertTrue(storage.isDead(), () -> "seed=" + seed + " " + e);
                }
                storage = storage.powerCut(seed % MODES, random);
            }
            recover();
        }

        private Recovered recover() throws IOException {
            recovered = 0;
            Recovered opened = new Recovery(storage, OPTIONS).run(this::replay);
            if (opened.failure() != null) {
                throw opened.failure();
            }
            assertTrue(recovered >= acknowledged, () -> describe("lost"));
            assertTrue(recovered <= submitted, () -> describe("phantom"));
            acknowledged = recovered;
            submitted = recovered;
            return opened;
        }

        private void replay(byte[] record) {
            ByteBuffer in = ByteBuffer.wrap(record);
            byte kind = in.get();
            long number = in.getLong();
            assertTrue(
                    kind == FOLDED ? recovered == 0 : number == recovered + 1,
                    () -> describe("disorder at " + number));
            if (kind == SINGLE) {
                assertArrayEquals(contents.get(number), record, () -> describe("revived"));
            }
            recovered = number;
        }

        private void work(Recovered opened) throws IOException {
            CommitQueue queue = new CommitQueue(OPTIONS, opened.end());
            LogWriter writer = new LogWriter(storage, OPTIONS, queue, opened);
            long generation = opened.highest();
            while (true) {
                List<Batch> batch = new ArrayList<>();
                for (int i = random.nextInt(6); i >= 0; i--) {
                    batch.add(queue.submit(record(SINGLE, ++submitted)));
                }
                if (random.nextInt(8) == 0) {
                    snapshot(queue, ++generation);
                }
                writer.turn();
                for (Batch commit : batch) {
                    assertTrue(commit.isDone());
                    commit.await();
                }
                acknowledged = submitted;
            }
        }

        /** Between a mark and its switch more is appended: that must stay behind the snapshot. */
        private void snapshot(CommitQueue queue, long generation) throws IOException {
            Mark mark = queue.mark();
            SnapshotFile file = new SnapshotFile(storage, OPTIONS, generation);
            file.add(record(FOLDED, submitted));
            file.finish();
            if (random.nextBoolean()) {
                queue.submit(record(SINGLE, ++submitted));
            }
            queue.request(new Switch((LogMark) mark, file));
            snapshots++;
        }

        private byte[] record(byte kind, long number) {
            byte[] payload = new byte[random.nextBoolean() ? 200 : 9 + random.nextInt(900)];
            random.nextBytes(payload);
            ByteBuffer.wrap(payload).put(kind).putLong(number);
            if (kind == SINGLE) {
                contents.put(number, payload);
            }
            return payload;
        }

        private String describe(String what) {
            return what
                    + ": seed="
                    + seed
                    + " recovered="
                    + recovered
                    + " acknowledged="
                    + acknowledged
                    + " submitted="
                    + submitted;
        }
    }

    @Test
    void a_journal_without_sync_would_fail_this_test() throws IOException {
        SimulatedStorage storage = new SimulatedStorage();
        StoredFile file = storage.create("f");
        storage.sync();
        file.write(0, new byte[2000], 0, 2000);
        int lost = 0;
        for (int seed = 0; seed < 100; seed++) {
            SimulatedStorage after = storage.powerCut(1 + seed % 2, new Random(seed));
            lost += after.content("f").length < 2000 ? 1 : 0;
        }
        assertTrue(lost > 50, "lost=" + lost);
        file.sync();
        assertEquals(2000, storage.powerCut(2, new Random(1)).content("f").length);
    }
}

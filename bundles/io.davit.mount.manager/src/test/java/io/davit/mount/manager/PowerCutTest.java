package io.davit.mount.manager;

import static io.davit.mount.manager.ManagerFixture.name;
import static io.davit.mount.manager.ManagerFixture.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.mount.Mount;
import io.davit.journal.Commit;
import io.davit.journal.Journal;
import io.davit.journal.JournalException;
import io.davit.journal.JournalRecovery;
import io.davit.journal.Mark;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Cuts the power at random: mounts are gone, and of the journal's records an arbitrary number of
 * the last ones that nobody waited for. That a journal keeps the others is tested there.
 */
@Timeout(120)
class PowerCutTest {
    private static final int ROUNDS = 50;

    @TempDir Path base;

    /** A journal in memory that knows what is durable. */
    private static final class CutJournal implements Journal {
        /** Guarded by this. */
        private final List<byte[]> records;

        /** How many of them were waited for. Guarded by this. */
        private int durable;

        private CutJournal(List<byte[]> before) {
            records = new ArrayList<>(before);
            durable = records.size();
        }

        /** What is left after a power cut. */
        private synchronized List<byte[]> cut(Random random) {
            int lucky = random.nextInt(records.size() - durable + 1);
            return List.copyOf(records.subList(0, durable + lucky));
        }

        private void replay(Consumer<byte[]> replay) {
            records.forEach(replay);
        }

        @Override
        public synchronized Commit submit(byte[] record) {
            records.add(record.clone());
            int place = records.size();
            return new Commit() {
                @Override
                public void await() {
                    synchronized (CutJournal.this) {
                        durable = Math.max(durable, place);
                    }
                }

                @Override
                public void awaitWritten() {
                    // a power cut takes it all the same
                }

                @Override
                public boolean isDone() {
                    return false;
                }
            };
        }

        @Override
        public Mark mark() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void compact(Mark mark, Iterable<byte[]> live) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean compactionDue() {
            return false;
        }

        @Override
        public JournalRecovery recovery() {
            return new JournalRecovery(records.size(), 0, List.of());
        }

        @Override
        public Optional<JournalException> failure() {
            return Optional.empty();
        }

        @Override
        public Optional<Path> setAside(byte[] record, String why) {
            return Optional.empty();
        }

        @Override
        public void close() {
            // a power cut closes nothing
        }
    }

    @Test
    void no_acknowledged_activation_is_lost_and_none_comes_back() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(round);
            Path here = Files.createDirectory(base.resolve("r" + round));
            ManagerFixture fixture = new ManagerFixture(here.toRealPath());
            CutJournal journal = new CutJournal(List.of());
            Map<String, Long> there = new HashMap<>();
            Set<Long> numbers = new HashSet<>();
            for (int cut = 0; cut < 3; cut++) {
                MountCalls manager = fixture.open(open(journal));
                manager.skipForgotten();
                check(manager, there, "round " + round + " cut " + cut);
                work(manager, random, there, numbers);
                manager.close();
                fixture.table.clear();
                journal = new CutJournal(journal.cut(random));
            }
            MountCalls manager = fixture.open(open(journal));
            check(manager, there, "round " + round);
            manager.check(true);
            for (String name : Set.copyOf(there.keySet())) {
                assertTrue(manager.find(name(name)).isEmpty(), "its mounts are gone");
            }
            assertTrue(manager.check(false).isClean(), () -> manager.check(false).toString());
            fixture.close();
        }
    }

    private static ActivationStore.Source open(CutJournal journal) {
        return replay -> {
            journal.replay(replay);
            return journal;
        };
    }

    private static void check(MountCalls manager, Map<String, Long> there, String when) {
        there.forEach(
                (name, id) ->
                        assertEquals(
                                id,
                                manager.find(name(name)).map(a -> a.id()).orElse(0L),
                                when + " " + name));
        for (String name : List.of("a", "b", "c")) {
            boolean complete = manager.find(name(name)).filter(a -> a.complete()).isPresent();
            assertEquals(there.containsKey(name), complete, when + " " + name);
        }
    }

    private static void work(
            MountCalls manager, Random random, Map<String, Long> there, Set<Long> numbers) {
        for (int i = random.nextInt(12); i > 0; i--) {
            String name = List.of("a", "b", "c").get(random.nextInt(3));
            if (there.containsKey(name)) {
                manager.deactivate(name(name));
                there.remove(name);
            } else {
                long id =
                        manager.activate(
                                        request(
                                                name,
                                                Mount.of("tmpfs", "t"),
                                                Mount.of("noop", "n")))
                                .id();
                assertTrue(numbers.add(id), "number used twice: " + id);
                there.put(name, id);
            }
        }
    }
}

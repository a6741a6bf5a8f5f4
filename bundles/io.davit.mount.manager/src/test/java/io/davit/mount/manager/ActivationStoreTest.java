package io.davit.mount.manager;

import static io.davit.mount.manager.ManagerFixture.name;
import static io.davit.mount.manager.ManagerFixture.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountPlan;
import io.davit.api.mount.MountPlan.Taker;
import io.davit.api.mount.MountReport.Problem;
import io.davit.journal.Journal;
import io.davit.journal.JournalOptions;
import io.davit.journal.RecordInput.MalformedException;
import io.davit.mount.manager.ActivationRecord.Phase;
import io.davit.mount.manager.StepRecord.Note;
import io.davit.mount.manager.StepRecord.State;
import io.davit.mount.manager.StoreChange.Completed;
import io.davit.mount.manager.StoreChange.Counted;
import io.davit.mount.manager.StoreChange.Done;
import io.davit.mount.manager.StoreChange.Forgotten;
import io.davit.mount.manager.StoreChange.Labelled;
import io.davit.mount.manager.StoreChange.Left;
import io.davit.mount.manager.StoreChange.Noted;
import io.davit.mount.manager.StoreChange.TakenBack;
import io.davit.mount.manager.StoreChange.Undone;
import io.davit.mount.manager.StoreChange.Whole;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** What the journal holds, and what is refused when it is read back. */
@Timeout(60)
class ActivationStoreTest {
    @TempDir Path base;

    private static StepRecord step(int index, Taker taker, String entry, String at) {
        Mount mount = new Mount("noop", "s", "t", List.of("o", ""));
        return new StepRecord(
                new MountPlan.Step(
                        index, mount, List.of("format"), taker, "by", "why", List.of("other")),
                "noop",
                entry,
                Optional.of(new ActiveMount(mount, at, Instant.EPOCH, Map.of("k", "v"))),
                State.DONE,
                0,
                List.of(new Note("mkdir", "made 1 /y")));
    }

    private static ActivationRecord record(long id, ActivationName name, StepRecord... steps) {
        return new ActivationRecord(
                id,
                name,
                Map.of("l", "1"),
                Optional.of("lease"),
                Phase.COMPLETE,
                Instant.ofEpochSecond(7, 8),
                List.of(steps),
                List.of(Mount.of("bind", "/b")));
    }

    @Test
    void every_change_reads_back_as_it_was_written() {
        ActiveMount active = step(0, Taker.HANDLER, "1", "/x").active().orElseThrow();
        List<StoreChange> changes =
                List.of(
                        new Whole(record(3, name("a"), step(0, Taker.HANDLER, "1", "/x"))),
                        new Done(3, 254, active),
                        new Undone(3, 200, State.DETACHED, 77),
                        new Completed(3, List.of(Mount.of("bind", "")), Instant.EPOCH),
                        new Labelled(3, Map.of("a", "b"), Instant.EPOCH),
                        new Noted(3, 2, new Note("mkdir", "made 1 /x")),
                        new TakenBack(3, 2, 1),
                        new Left(3),
                        new Forgotten(3),
                        new Counted(3));
        assertEquals(StoreChange.class.getPermittedSubclasses().length, changes.size());
        for (StoreChange change : changes) {
            assertEquals(change, RecordCodec.decode(RecordCodec.encode(change)));
        }
    }

    @Test
    void a_damaged_record_is_refused_and_breaks_nothing() {
        byte[] good =
                RecordCodec.encode(
                        new Whole(record(3, name("a"), step(0, Taker.HANDLER, "1", "/x"))));
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThrows(MalformedException.class, () -> RecordCodec.decode(cut));
        }
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            try {
                RecordCodec.decode(bad);
            } catch (MalformedException expected) {
                // the only way in which it may fail
            }
        }
    }

    /** Writes records by hand, with right checksums. */
    private void write(Path directory, StoreChange... changes) throws Exception {
        try (Journal journal = Journal.open(directory, JournalOptions.named("m"), bytes -> {})) {
            for (StoreChange change : changes) {
                journal.append(RecordCodec.encode(change));
            }
        }
    }

    @Test
    void a_hand_written_record_that_names_places_of_others_is_never_acted_on() throws Exception {
        ManagerFixture fixture = new ManagerFixture(base.toRealPath());
        String inside = fixture.target(5).resolve("1").toString();
        List<ActivationRecord> bad =
                List.of(
                        record(1, name("a"), step(0, Taker.HANDLER, "1", "/etc")),
                        record(2, name("b"), step(0, Taker.SYSTEM_CALL, "1", "/etc")),
                        record(3, name("c"), step(0, Taker.HANDLER, "../x", inside)),
                        record(4, name("d"), step(0, Taker.HANDLER, "1", inside)),
                        record(5, name("e"), step(0, Taker.HANDLER, "1", inside + "/../../6/1")),
                        record(6, name("f"), step(1, Taker.HANDLER, "1", inside)),
                        record(0, name("g")),
                        record(Long.MAX_VALUE, name("h")));
        write(base.resolve("journal"), bad.stream().map(Whole::new).toArray(StoreChange[]::new));
        Path kept = Files.createDirectories(fixture.target(3));
        MountCalls manager = fixture.open();
        assertEquals(List.of(), manager.parts().store().all());
        assertEquals(
                bad.size(),
                manager.check(true).findings().stream()
                        .filter(f -> f.problem() == Problem.DAMAGED)
                        .count());
        assertEquals(List.of(), fixture.calls);
        assertTrue(Files.isDirectory(kept));
        assertTrue(new MountCollection(manager.parts(), r -> true).finish().isEmpty());
        assertTrue(Files.isDirectory(kept));
        assertEquals(7, manager.activate(request("a", Mount.of("noop", "n"))).id());
        fixture.close();
    }

    @Test
    void a_bad_change_takes_its_activation_with_it() throws Exception {
        ManagerFixture fixture = new ManagerFixture(base.toRealPath());
        StepRecord good = step(0, Taker.HANDLER, "1", fixture.target(1).resolve("1").toString());
        ActiveMount elsewhere = step(0, Taker.HANDLER, "1", "/etc").active().orElseThrow();
        write(
                base.resolve("journal"),
                new Whole(record(1, name("a"), good)),
                new Done(1, 0, elsewhere),
                new Labelled(1, Map.of(), Instant.EPOCH));
        MountCalls manager = fixture.open();
        assertEquals(List.of(), manager.parts().store().all());
        fixture.close();
    }

    @Test
    void a_name_that_would_have_been_refused_is_put_aside() throws Exception {
        byte[] bytes = RecordCodec.encode(new Whole(record(1, name("xxxx"))));
        byte[] from = "xxxx".getBytes(StandardCharsets.UTF_8);
        byte[] to = "../x".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i + from.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + from.length, from, 0, from.length)) {
                System.arraycopy(to, 0, bytes, i, to.length);
            }
        }
        assertThrows(MalformedException.class, () -> RecordCodec.decode(bytes));
    }

    @Test
    void numbers_are_not_used_twice_although_everything_was_forgotten_and_compacted()
            throws Exception {
        ManagerFixture fixture = new ManagerFixture(base.toRealPath());
        MountCalls manager = fixture.open();
        manager.activate(request("a", Mount.of("noop", "n")));
        manager.deactivate(name("a"));
        manager.activate(request("b", Mount.of("noop", "n")));
        manager.parts().store().compact();
        manager.deactivate(name("b"));
        manager = fixture.restart();
        assertEquals(3, manager.activate(request("c", Mount.of("noop", "n"))).id());
        manager.parts().store().compact();
        manager = fixture.restart();
        assertEquals(name("c"), manager.find(name("c")).orElseThrow().name());
        fixture.close();
    }

    @Test
    void a_lost_journal_does_not_make_old_directories_ours() throws Exception {
        ManagerFixture fixture = new ManagerFixture(base.toRealPath());
        MountCalls manager = fixture.open();
        manager.activate(request("a", Mount.of("noop", "n")));
        manager.close();
        try (Stream<Path> files = Files.list(base.resolve("journal"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.write(file, new byte[] {1, 2, 3});
            }
        }
        manager = fixture.open();
        assertEquals(List.of(), manager.parts().store().all());
        assertEquals(2, manager.activate(request("a", Mount.of("noop", "n"))).id());
        fixture.close();
    }

    @Test
    void a_second_manager_on_the_same_directory_is_refused() throws Exception {
        ManagerFixture fixture = new ManagerFixture(base.toRealPath());
        fixture.open();
        ManagerFixture second = new ManagerFixture(base.toRealPath());
        assertEquals(Kind.UNAVAILABLE, assertThrows(DavitException.class, second::open).kind());
        fixture.close();
    }

    @Test
    void directories_and_files_are_ours_alone() throws Exception {
        ManagerFixture fixture = new ManagerFixture(base.toRealPath());
        fixture.open()
                .activate(
                        request(
                                "a",
                                Mount.of("noop", "n"),
                                Mount.of("tmpfs", "t"),
                                Mount.of("noop", "n")));
        try (Stream<Path> all =
                Stream.concat(Files.walk(base.resolve("t")), Files.walk(base.resolve("journal")))) {
            for (Path path : all.toList()) {
                String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                assertTrue(mode.endsWith("------"), path + " " + mode);
            }
        }
        fixture.close();
    }
}

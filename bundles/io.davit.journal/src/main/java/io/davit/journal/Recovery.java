package io.davit.journal;

import io.davit.journal.JournalException.Reason;
import io.davit.journal.JournalRecovery.Damage;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Opening of a directory that may have seen anything: crash, power cut, damage, foreign files.
 *
 * <p>The newest log whose snapshot is whole counts, up to its longest valid prefix. Without one,
 * the longest valid prefix of the newest log. What is damaged is set aside, never deleted. Used
 * once, on one thread.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Storage storage;
    private final JournalOptions options;
    private final List<Damage> damages = new ArrayList<>();
    private long highest;

    /** A log file and what is in it. */
    private record Candidate(StoredFile file, LogScan scan) {
        String name() {
            return LogHeader.nameOf(scan.header().generation());
        }
    }

    Recovery(Storage storage, JournalOptions options) {
        this.storage = storage;
        this.options = options;
        damages.addAll(storage.found());
    }

    /** Recovers, and hands every valid record to the owner. */
    Recovered run(Consumer<byte[]> replay) throws IOException {
        List<String> names = storage.list();
        if (!storage.isReadOnly()) {
            removeTemporaries(names);
        }
        List<Long> generations = generations(names);
        highest = generations.isEmpty() ? 0 : generations.get(0);
        if (checkFormat(names, generations)) {
            generations = List.of();
        }
        Candidate chosen = choose(generations);
        Recovered opened = chosen == null ? fresh() : open(chosen);
        boolean replayed = false;
        try {
            if (opened.failure() == null) {
                removeOlder(generations, opened.generation());
            }
            replay(chosen, opened, replay);
            replayed = true;
            return opened;
        } finally {
            if (!replayed || opened.file() == null) {
                close(opened.file());
                close(chosen == null ? null : chosen.file());
            }
        }
    }

    private void removeTemporaries(List<String> names) {
        for (String name : names) {
            if (LogHeader.isTemporary(name) || FormatFile.isTemporary(name)) {
                remove(name);
            }
        }
    }

    private void remove(String name) {
        try {
            storage.delete(name);
        } catch (IOException e) {
            LOG.warn("journal file not removed: name={} file={}", options.name(), name, e);
        }
    }

    private static List<Long> generations(List<String> names) {
        return names.stream()
                .map(LogHeader::generationOf)
                .filter(generation -> generation > 0)
                .sorted(Comparator.reverseOrder())
                .collect(Collectors.toList());
    }

    /** Looks at the version; {@code true} if the logs are not ours to read. */
    private boolean checkFormat(List<String> names, List<Long> generations) throws IOException {
        boolean there = names.contains(FormatFile.NAME);
        FormatFile.State state = there ? FormatFile.read(storage) : null;
        boolean newer = state == FormatFile.State.NEWER;
        if (newer) {
            for (long generation : generations) {
                setAside(LogHeader.nameOf(generation), "written by a newer version");
            }
            setAside(FormatFile.NAME, "written by a newer version");
        } else if (state == FormatFile.State.DAMAGED) {
            setAside(FormatFile.NAME, "names no version");
        } else if (state == null && !generations.isEmpty()) {
            damages.add(new Damage(storage.path(FormatFile.NAME), "missing"));
        }
        if (state != FormatFile.State.OURS && !storage.isReadOnly()) {
            writeFormat(generations.isEmpty());
        }
        return newer;
    }

    /** An empty directory must take it; one with logs can be read without it. */
    private void writeFormat(boolean required) throws IOException {
        try {
            FormatFile.write(storage);
        } catch (IOException e) {
            if (required) {
                throw e;
            }
            String why = "not written: " + e.getMessage();
            damages.add(new Damage(storage.path(FormatFile.NAME), why));
        }
    }

    /** Finds the log that counts, and sets the others that are newer aside. */
    private Candidate choose(List<Long> generations) throws IOException {
        List<Candidate> partial = new ArrayList<>();
        Candidate whole = null;
        for (int i = 0; i < generations.size() && whole == null; i++) {
            Candidate candidate = examine(generations.get(i));
            if (candidate != null && candidate.scan().isWhole()) {
                whole = candidate;
            } else if (candidate != null) {
                partial.add(candidate);
            }
        }
        Candidate chosen = whole == null && !partial.isEmpty() ? partial.remove(0) : whole;
        for (Candidate candidate : partial) {
            candidate.file().close();
            setAside(candidate.name(), candidate.scan().damage());
        }
        return chosen;
    }

    /** Scans a log; one that is none is set aside. */
    private Candidate examine(long generation) {
        String name = LogHeader.nameOf(generation);
        StoredFile file;
        try {
            file = storage.open(name);
        } catch (IOException e) {
            setAside(name, "cannot be opened: " + e.getMessage());
            return null;
        }
        LogScan scan = LogScan.of(file, generation);
        if (scan.header() != null) {
            return new Candidate(file, scan);
        }
        close(file);
        setAside(name, scan.damage());
        return null;
    }

    private Recovered fresh() throws IOException {
        if (storage.isReadOnly()) {
            return readOnly(null, null);
        }
        return write(null);
    }

    private Recovered open(Candidate chosen) throws IOException {
        LogScan scan = chosen.scan();
        if (storage.isReadOnly()) {
            if (scan.damage() != null) {
                damages.add(new Damage(storage.path(chosen.name()), scan.damage()));
            }
            return readOnly(chosen, null);
        }
        try {
            if (scan.damage() != null) {
                return rewrite(chosen);
            }
            cut(chosen);
            return appendable(chosen);
        } catch (IOException e) {
            return readOnly(chosen, e);
        }
    }

    /** Cuts behind the longest valid prefix; durable before anything is appended. */
    private void cut(Candidate chosen) throws IOException {
        if (chosen.scan().end() == chosen.scan().length()) {
            return;
        }
        JournalPoint.TAIL_FOUND.hit();
        chosen.file().truncate(chosen.scan().end());
        JournalPoint.TAIL_CUT.hit();
        chosen.file().sync();
    }

    /** Saves the valid prefix of a damaged log as a new one, and sets the damaged one aside. */
    private Recovered rewrite(Candidate chosen) throws IOException {
        Recovered rewritten;
        try {
            rewritten = write(chosen);
        } catch (IOException e) {
            if (!chosen.scan().isWhole()) {
                throw e;
            }
            String why = chosen.scan().damage() + "; cut off, as it could not be kept: ";
            damages.add(new Damage(storage.path(chosen.name()), why + e.getMessage()));
            cut(chosen);
            return appendable(chosen);
        }
        chosen.file().close();
        setAside(chosen.name(), chosen.scan().damage());
        storage.sync();
        return new Recovered(
                rewritten.file(),
                rewritten.generation(),
                rewritten.highest(),
                rewritten.snapshotEnd(),
                rewritten.end(),
                rewritten.next(),
                report(chosen),
                null);
    }

    /** Writes a new generation, out of the valid prefix of a log or empty. */
    private Recovered write(Candidate from) throws IOException {
        SnapshotFile fresh = new SnapshotFile(storage, options, ++highest);
        boolean done = false;
        try {
            if (from != null) {
                fresh.addAll(from.file(), from.scan().start(), from.scan().end());
            }
            fresh.finish();
            fresh.rename();
            storage.sync();
            done = true;
        } finally {
            if (!done) {
                fresh.discard();
            }
        }
        return new Recovered(
                fresh.file(),
                fresh.generation(),
                highest,
                fresh.snapshotEnd(),
                fresh.end(),
                fresh.sequence(),
                report(from),
                null);
    }

    private Recovered appendable(Candidate chosen) {
        LogScan scan = chosen.scan();
        return new Recovered(
                chosen.file(),
                scan.header().generation(),
                highest,
                scan.snapshotEnd(),
                scan.end(),
                scan.next(),
                report(chosen),
                null);
    }

    private Recovered readOnly(Candidate chosen, IOException cause) {
        String why = cause == null ? "directory cannot be written" : cause.getMessage();
        JournalException failure =
                new JournalException(
                        Reason.READ_ONLY,
                        "journal is read-only: name=" + options.name() + " cause=" + why,
                        cause);
        return new Recovered(null, 0, highest, 0, 0, 0, report(chosen), failure);
    }

    private JournalRecovery report(Candidate chosen) {
        if (chosen == null) {
            return new JournalRecovery(0, 0, damages);
        }
        LogScan scan = chosen.scan();
        return new JournalRecovery(scan.records(), scan.length() - scan.end(), damages);
    }

    /** Keeps the log that counts and the one before. */
    private void removeOlder(List<Long> generations, long current) {
        generations.stream()
                .filter(generation -> generation < current)
                .skip(1)
                .forEach(generation -> remove(LogHeader.nameOf(generation)));
    }

    private static void replay(Candidate chosen, Recovered opened, Consumer<byte[]> replay)
            throws IOException {
        if (chosen == null) {
            return;
        }
        boolean moved = opened.file() != null && opened.file() != chosen.file();
        StoredFile file = moved ? opened.file() : chosen.file();
        LogScan scan = chosen.scan();
        long end = moved ? opened.end() : scan.end();
        LogReader reader = new LogReader(file, scan.start(), end, 0);
        while (reader.next()) {
            replay.accept(reader.payload());
        }
        if (reader.end() != end) {
            throw new IOException("log reads back wrong: at=" + reader.end());
        }
    }

    /**
     * Moves a file out of the way; one that cannot be moved stays, and is reported all the same.
     */
    private void setAside(String name, String why) {
        if (storage.isReadOnly()) {
            damages.add(new Damage(storage.path(name), why));
            return;
        }
        try {
            String bad = BadName.free(storage);
            storage.rename(name, bad);
            storage.sync();
            damages.add(new Damage(storage.path(bad), name + ": " + why));
        } catch (IOException e) {
            damages.add(new Damage(storage.path(name), why + "; not moved: " + e.getMessage()));
        }
        LOG.warn("journal file set aside: name={} file={} why={}", options.name(), name, why);
    }

    private static void close(StoredFile file) {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException ignored) {
            // nothing was written through it that is not synced
        }
    }
}

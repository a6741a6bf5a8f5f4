package io.davit.journal;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that writes a journal and is killed, and how tests start it. */
final class ChildJournal {
    /** Small enough for a snapshot every few hundred records. */
    static final JournalOptions OPTIONS =
            JournalOptions.named("child").withCompactAfterBytes(8 << 10);

    private static final int PAYLOAD = 100;

    private ChildJournal() {}

    /** Tells how opening went, or writes numbered records and tells each when it is durable. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[1]);
        switch (arguments[0]) {
            case "open" -> tellOpening(directory);
            case "limits" -> fill(directory);
            default -> write(directory);
        }
    }

    /** Writes until the disk is full, makes room, and writes again. */
    private static void fill(Path directory) throws IOException {
        Path filler = directory.resolve("filler");
        Files.write(filler, new byte[100 << 10]);
        Numbers numbers = new Numbers();
        long number = 0;
        try (Journal journal = Journal.open(directory, JournalOptions.named("full"), r -> {})) {
            try {
                while (true) {
                    journal.append(record(number + 1));
                    number++;
                }
            } catch (JournalException e) {
                System.out.println(e.reason());
            }
            Files.delete(filler);
            journal.append(record(number + 1));
            System.out.println("AGAIN");
        }
        Journal.open(directory, JournalOptions.named("full"), numbers::replay).close();
        System.out.println(numbers.last() == number + 1 ? "WHOLE" : "LOST");
    }

    private static void tellOpening(Path directory) throws IOException {
        try (Journal journal = Journal.open(directory, OPTIONS, record -> {})) {
            System.out.println(journal.failure().isEmpty() ? "OPENED" : "READ_ONLY");
        } catch (JournalException e) {
            System.out.println(e.reason());
        }
    }

    /**
     * Two records at a time, so that a batch can be torn between them. Ends when it is killed or
     * its parent is.
     */
    private static void write(Path directory) throws IOException {
        Numbers numbers = new Numbers();
        Journal journal = Journal.open(directory, OPTIONS, numbers::replay);
        long number = numbers.last();
        System.out.println("from " + number);
        while (!System.out.checkError()) {
            Commit first = journal.submit(record(number + 1));
            Commit second = journal.submit(record(number + 2));
            first.await();
            second.await();
            number += 2;
            System.out.println("durable " + number);
            if (journal.compactionDue()) {
                journal.compact(journal.mark(), List.of(record(-number)));
            }
        }
    }

    /**
     * A negative number stands for all up to its amount. Does not end with zeros: torn before them
     * it would be whole.
     */
    private static byte[] record(long number) {
        return ByteBuffer.allocate(PAYLOAD).putLong(number).put(PAYLOAD - 1, (byte) 1).array();
    }

    /** Checks that records are numbered without a gap. */
    static final class Numbers {
        private long last;

        void replay(byte[] record) {
            long number = ByteBuffer.wrap(record).getLong();
            if (number < 0 && last == 0) {
                last = -number;
            } else if (number == last + 1) {
                last = number;
            } else {
                throw new IllegalStateException("disorder: last=" + last + " number=" + number);
            }
        }

        long last() {
            return last;
        }
    }

    /** Starts a child; its standard error is this process's. */
    static Process start(String mode, Path directory, String crashPoint) throws IOException {
        return new ProcessBuilder(command(mode, directory, crashPoint))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** How a child is started. */
    static List<String> command(String mode, Path directory, String crashPoint) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
        if (crashPoint != null) {
            command.add("-D" + CrashPoint.PROPERTY + "=" + crashPoint);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(ChildJournal.class.getName(), mode, directory.toString()));
        return command;
    }

    /** What a child that opens the directory and ends says. */
    static String tryToOpen(Path directory) throws IOException, InterruptedException {
        Process child = start("open", directory, null);
        try (BufferedReader out = child.inputReader()) {
            String line = out.readLine();
            child.waitFor(30, TimeUnit.SECONDS);
            return line;
        } finally {
            child.destroyForcibly();
        }
    }
}

package io.davit.testkit;

import io.davit.testkit.LeakOracle.Kind;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds what belongs to a test on this machine: see {@link LeakOracle}. */
final class MachineView {
    private static final Path PROC = Path.of("/proc");
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final int DEEPEST = 8;
    private static final int TYPE = 0170000;
    private static final int SOCKET = 0140000;
    private static final int FIFO = 0010000;

    private final String root;
    private final String word;
    private final long self = ProcessHandle.current().pid();

    MachineView(Path root, String word) {
        this.root = root.toString();
        this.word = word;
    }

    Set<String> find(Kind kind) throws IOException {
        return switch (kind) {
            case PROCESS -> processes();
            case MOUNT -> mounts();
            case CGROUP -> cgroups();
            case SOCKET -> sockets();
            case FIFO -> files(FIFO);
            case FILE -> files(0);
            case DESCRIPTOR -> descriptors();
            case LOOP_DEVICE -> loopDevices();
            case THREAD -> threads();
        };
    }

    private boolean belongs(String text) {
        return text.contains(root) || text.contains(word);
    }

    private boolean isBelow(String path) {
        return path.equals(root) || path.startsWith(root + "/");
    }

    // ---- processes

    private Set<String> processes() throws IOException {
        Set<String> found = new TreeSet<>();
        for (Path process : entries(PROC, "[1-9]*")) {
            String pid = process.getFileName().toString();
            if (Long.parseLong(pid) != self && isOurs(process)) {
                found.add(pid + " " + read(process.resolve("cmdline")).replace('\0', ' '));
            }
        }
        return found;
    }

    /** A dead process counts only if it is our child: others are for their parents to bury. */
    private boolean isOurs(Path process) {
        String stat = read(process.resolve("stat"));
        if (stat.isEmpty()) {
            return false;
        }
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        boolean child = Long.parseLong(afterName[1]) == self;
        boolean dead = afterName[0].equals("Z") || afterName[0].equals("X");
        return child
                || !dead
                        && (belongs(read(process.resolve("cmdline")))
                                || belongs(read(process.resolve("environ")))
                                || isBelow(link(process.resolve("cwd"))));
    }

    // ---- mounts, groups, devices

    private Set<String> mounts() throws IOException {
        Set<String> found = new TreeSet<>();
        for (String line : Files.readAllLines(PROC.resolve("self/mountinfo"))) {
            String[] fields = line.split(" ");
            if (isBelow(fields[4])) {
                found.add(fields[0] + " " + fields[4]);
            }
        }
        return found;
    }

    private Set<String> cgroups() throws IOException {
        Set<String> found = new TreeSet<>();
        if (Files.isDirectory(CGROUPS)) {
            visit(
                    CGROUPS,
                    (path, attributes) -> {
                        if (attributes.isDirectory() && path.toString().contains(word)) {
                            found.add(path.toString());
                        }
                    });
        }
        return found;
    }

    private Set<String> loopDevices() throws IOException {
        Set<String> found = new TreeSet<>();
        for (Path device : entries(Path.of("/sys/block"), "loop*")) {
            String file = read(device.resolve("loop/backing_file")).trim();
            if (isBelow(file)) {
                found.add(device.getFileName() + " " + file);
            }
        }
        return found;
    }

    // ---- files

    private Set<String> sockets() throws IOException {
        Set<String> found = files(SOCKET);
        for (String line : Files.readAllLines(PROC.resolve("net/unix"))) {
            String[] fields = line.split(" +", 8);
            if (fields.length == 8 && belongs(fields[7])) {
                found.add(fields[7]);
            }
        }
        return found;
    }

    /** The files of a type; 0 means all that are neither sockets nor named pipes. */
    private Set<String> files(int type) throws IOException {
        Set<String> found = new TreeSet<>();
        visit(
                Path.of(root),
                (path, attributes) -> {
                    int mode = attributes.isOther() ? type(path) : 0;
                    if (mode == type && !path.toString().equals(root)) {
                        found.add(path.toString());
                    }
                });
        return found;
    }

    private static int type(Path path) {
        try {
            int mode = (int) Files.getAttribute(path, "unix:mode") & TYPE;
            return mode == SOCKET || mode == FIFO ? mode : 0;
        } catch (IOException e) {
            // it went meanwhile
            return 0;
        }
    }

    private Set<String> descriptors() throws IOException {
        Set<String> found = new TreeSet<>();
        for (Path descriptor : entries(PROC.resolve("self/fd"), "*")) {
            String target = link(descriptor);
            if (isBelow(target)) {
                found.add(descriptor.getFileName() + " " + target);
            }
        }
        return found;
    }

    private static Set<String> threads() {
        Set<String> found = new TreeSet<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("davit-")) {
                found.add(thread.getId() + " " + thread.getName());
            }
        }
        return found;
    }

    // ---- reading what may go at any moment

    private static List<Path> entries(Path directory, String glob) throws IOException {
        List<Path> entries = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> open = Files.newDirectoryStream(directory, glob)) {
                open.forEach(entries::add);
            }
        }
        return entries;
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // it went meanwhile, or belongs to somebody else
            return "";
        }
    }

    private static String link(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            // it went meanwhile, or belongs to somebody else
            return "";
        }
    }

    /** Takes one file that was found. */
    private interface Visitor {
        void visit(Path path, BasicFileAttributes attributes);
    }

    private static void visit(Path top, Visitor visitor) throws IOException {
        Files.walkFileTree(
                top,
                Set.of(),
                DEEPEST,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path directory, BasicFileAttributes attributes) {
                        visitor.visit(directory, attributes);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        visitor.visit(file, attributes);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) {
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path directory, IOException e) {
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}

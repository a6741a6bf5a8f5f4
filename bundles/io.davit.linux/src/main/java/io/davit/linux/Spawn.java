package io.davit.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Starts a program with chosen descriptors, which {@link ProcessBuilder} cannot, and with one exec
 * where that takes two.
 *
 * <p>The child sees the descriptors given and no others; standard ones that are not given are
 * {@code /dev/null}. Its signals are as a shell would set them. It is a child of this process, to
 * be reaped with {@link Processes#reap}.
 *
 * <p>Source: posix_spawn(3); glibc 2.29. Confined to one thread.
 */
public final class Spawn {
    private final String program;
    private final List<String> arguments;
    private final Map<String, String> environment = new TreeMap<>();
    private final Map<Integer, Descriptor> descriptors = new TreeMap<>();
    private String directory = "/";
    private boolean ownGroup;

    private Spawn(String program, List<String> arguments) {
        this.program = program;
        this.arguments = List.copyOf(arguments);
    }

    /**
     * Prepares a start.
     *
     * @param program the absolute path of an executable
     * @param arguments what follows the program's name
     */
    public static Spawn of(String program, List<String> arguments) {
        return new Spawn(program, arguments);
    }

    /** Adds to the environment, which is empty otherwise. */
    public Spawn environment(Map<String, String> more) {
        environment.putAll(more);
        return this;
    }

    /** Sets the working directory, an absolute path; {@code /} otherwise. */
    public Spawn in(Path path) {
        directory = path.toString();
        return this;
    }

    /** Puts it into a process group of its own, which what a terminal sends does not reach. */
    public Spawn inOwnGroup() {
        ownGroup = true;
        return this;
    }

    /** Hands a descriptor to the child under a number; it stays open here too. */
    public Spawn descriptor(int number, Descriptor descriptor) {
        descriptors.put(number, descriptor);
        return this;
    }

    /**
     * Starts it.
     *
     * @return the child; to be closed by the caller
     * @throws LinuxException {@code ENOENT} or {@code EACCES} if it cannot be executed; {@code
     *     EAGAIN} or {@code ENOMEM} if there is no room for a process
     */
    public PidFd start() throws LinuxException {
        return PidFd.open(spawn());
    }

    private int spawn() throws LinuxException {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(arguments);
        List<String> variables = new ArrayList<>();
        environment.forEach((name, value) -> variables.add(name + "=" + value));
        try (SpawnCalls calls = new SpawnCalls(ownGroup)) {
            calls.changeDirectory(directory);
            placeDescriptors(calls);
            return calls.start(program, command, variables);
        }
    }

    /** Moves over numbers that are neither source nor target, so that none overwrites another. */
    private void placeDescriptors(SpawnCalls calls) throws LinuxException {
        int last = 2;
        for (int number : descriptors.keySet()) {
            last = Math.max(last, number);
        }
        int step = firstStep(last);
        for (Map.Entry<Integer, Descriptor> each : descriptors.entrySet()) {
            int over = step + each.getKey();
            each.getValue().use(fd -> calls.duplicate(fd, over));
        }
        for (int number = 0; number <= last; number++) {
            if (descriptors.containsKey(number)) {
                calls.duplicate(step + number, number);
            } else if (number <= 2) {
                calls.openNull(number);
            } else {
                calls.close(number);
            }
        }
        calls.closeFrom(last + 1);
    }

    private int firstStep(int last) throws LinuxException {
        int highest = last;
        for (Descriptor source : descriptors.values()) {
            highest = Math.max(highest, source.use(fd -> fd));
        }
        return highest + 1;
    }
}

package io.davit.shim.oci;

import io.davit.linux.LinuxException;
import io.davit.linux.PacketSocket;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What has to be known of a process after this JVM has ended, as a file beside it.
 *
 * <p>Written before each step whose effect outlives the JVM: appended to the file as a whole, so
 * that of the versions in it the last one that ends in {@value #END} counts, whatever cut a later
 * one short. Confined to whoever holds the lock of its process.
 */
final class ProcessRecord {
    private static final String FILE = "record";
    private static final int LIMIT = 1 << 20;

    /** The line that begins a version. */
    private static final String BEGIN = "#begin";

    /** The line that ends a version. */
    private static final String END = "#end";

    private static final String CGROUP = "cgroup.";

    private final PrivateFiles files;
    private final Properties values = new Properties();

    private ProcessRecord(PrivateFiles files) {
        this.files = files;
    }

    /** How far a process has come. */
    enum Phase {
        /** It is described and nothing else. */
        ADDED,
        /** Its monitor may have been started, and nobody knows what became of it. */
        CREATING,
        /** It waits for its start. */
        CREATED,
        /** It was started. */
        STARTED
    }

    /** Begins a record, not written yet. */
    static ProcessRecord begin(PrivateFiles files, String boot, Programs programs) {
        ProcessRecord record = new ProcessRecord(files);
        OciRuntime runtime = programs.runtime();
        record.values.setProperty("conmon", programs.conmon());
        record.values.setProperty("boot", boot);
        record.values.setProperty("runtime", runtime.path().toString());
        record.values.setProperty("kind", runtime.kind().name());
        record.values.setProperty("systemd", Boolean.toString(runtime.systemd()));
        runtime.hide().ifPresent(mount -> record.values.setProperty("hide", mount));
        record.phase(Phase.CREATING);
        return record;
    }

    /**
     * Reads a record.
     *
     * @return nothing if there is none, or none that can be read
     */
    static Optional<ProcessRecord> read(PrivateFiles files) throws LinuxException {
        Optional<String> text = files.read(FILE, LIMIT).flatMap(ProcessRecord::last);
        ProcessRecord record = new ProcessRecord(files);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            record.values.load(new StringReader(text.get()));
            record.phase();
            record.runtime();
            return Optional.of(record);
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            return Optional.empty();
        }
    }

    /** Finds the last version that is whole. */
    private static Optional<String> last(String versions) {
        int end = versions.lastIndexOf("\n" + END + "\n");
        if (end < 0) {
            return Optional.empty();
        }
        int begin = versions.lastIndexOf("\n" + BEGIN + "\n", end);
        return begin < 0 ? Optional.empty() : Optional.of(versions.substring(begin, end + 1));
    }

    /** Puts it on the disk. */
    void write() throws LinuxException {
        StringWriter text = new StringWriter();
        text.write("\n" + BEGIN + "\n");
        try {
            values.store(text, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        text.write(END + "\n");
        files.append(FILE, text.toString());
    }

    /** Removes it from the disk. */
    void remove() throws LinuxException {
        files.remove(FILE);
    }

    String boot() {
        return text("boot");
    }

    /** The programs it was made with. */
    Programs programs() {
        return new Programs(runtime(), text("conmon"));
    }

    OciRuntime runtime() {
        return new OciRuntime(
                Path.of(values.getProperty("runtime")),
                RuntimeKind.valueOf(values.getProperty("kind")),
                Boolean.parseBoolean(text("systemd")),
                Optional.ofNullable(values.getProperty("hide")));
    }

    Phase phase() {
        return Phase.valueOf(values.getProperty("phase"));
    }

    void phase(Phase phase) {
        values.setProperty("phase", phase.name());
    }

    /** A text in the monitor's environment by which it is found when its number is not known. */
    String token() {
        return text("token");
    }

    void token(String token) {
        values.setProperty("token", token);
    }

    Optional<ProcessId> monitor() {
        return ProcessId.parse(text("monitor"));
    }

    void monitor(ProcessId id) {
        values.setProperty("monitor", id.toString());
    }

    Optional<ProcessId> process() {
        return ProcessId.parse(text("process"));
    }

    void process(ProcessId id) {
        values.setProperty("process", id.toString());
    }

    /**
     * The number of the process, which may have ended before it could be named better; 0 if none.
     */
    long pid() {
        String pid = text("pid");
        return pid.isEmpty() ? 0 : Long.parseLong(pid);
    }

    void pid(int pid) {
        values.setProperty("pid", Integer.toString(pid));
    }

    /** Control groups: controller to the absolute path of the task's directory. */
    Map<String, Path> cgroups() {
        Map<String, Path> paths = new TreeMap<>();
        for (String key : values.stringPropertyNames()) {
            if (key.startsWith(CGROUP)) {
                paths.put(key.substring(CGROUP.length()), Path.of(values.getProperty(key)));
            }
        }
        return paths;
    }

    void cgroups(Map<String, Path> paths) {
        paths.forEach((name, path) -> values.setProperty(CGROUP + name, path.toString()));
    }

    boolean flag(Flag flag) {
        return Boolean.parseBoolean(text(flag.name()));
    }

    void flag(Flag flag, boolean value) {
        values.setProperty(flag.name(), Boolean.toString(value));
    }

    /** What is either so or not. */
    enum Flag {
        /** It has a terminal. */
        TERMINAL,
        /** It reads what somebody sends. */
        STDIN,
        /** Mounts were made, or were to be made, at the root filesystem. */
        MOUNTED,
        /** The specification names programs that only the runtime's own start runs. */
        START_HOOKS,
        /** The specification names programs that only the runtime's own delete runs. */
        DELETE_HOOKS,
        /** A memory limit may be hit. */
        WATCH_MEMORY
    }

    /** Which connection of which JVM feeds standard input. */
    void console(ProcessId jvm, PacketSocket.Handle handle) {
        values.setProperty("console.jvm", jvm.toString());
        values.setProperty("console.socket", handle.number() + ":" + handle.inode());
    }

    Optional<PacketSocket.Handle> console(ProcessId jvm) {
        String[] socket = text("console.socket").split(":");
        if (!text("console.jvm").equals(jvm.toString()) || socket.length != 2) {
            return Optional.empty();
        }
        return Optional.of(
                new PacketSocket.Handle(Integer.parseInt(socket[0]), Long.parseLong(socket[1])));
    }

    /** A URI of the caller: {@code in}, {@code out} or {@code err}; empty when there is none. */
    String uri(String stream) {
        return text("uri." + stream);
    }

    void uri(String stream, String uri) {
        values.setProperty("uri." + stream, uri);
    }

    private String text(String key) {
        return values.getProperty(key, "");
    }
}

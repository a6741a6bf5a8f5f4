package io.davit.shim.containerd;

import io.davit.linux.LinuxException;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * What has to be known of a shim after this JVM has ended, as a file in the bundle directory.
 *
 * <p>Written before each step whose effect outlives the JVM. Guarded by itself.
 */
final class ShimRecord {
    static final String FILE = "davit-shim";

    private static final String PROCESS = "process.";

    private final BundleFiles files;
    private final Properties values = new Properties();

    private ShimRecord(BundleFiles files) {
        this.files = files;
    }

    /** How far a task has come. */
    enum Phase {
        /** Its shim may have been started, and nobody knows what became of it. */
        STARTING,
        /** The shim answers. */
        STARTED,
        /** The task may have been created in it. */
        CREATED
    }

    /**
     * Begins a record, not written yet.
     *
     * @param token what the shim and its children have in their environment
     */
    static ShimRecord begin(BundleFiles files, String token) {
        ShimRecord record = new ShimRecord(files);
        record.values.setProperty("token", token);
        record.values.setProperty("phase", Phase.STARTING.name());
        return record;
    }

    /**
     * Reads a record.
     *
     * @return nothing if there is none, or none that can be read
     */
    static Optional<ShimRecord> read(BundleFiles files) throws LinuxException {
        Optional<String> text = files.read(FILE);
        ShimRecord record = new ShimRecord(files);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            record.values.load(new StringReader(text.get()));
            record.phase();
            return Optional.of(record);
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    synchronized void write() throws LinuxException {
        StringWriter text = new StringWriter();
        try {
            values.store(text, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.write(FILE, text.toString());
    }

    synchronized String token() {
        return values.getProperty("token", "");
    }

    synchronized Phase phase() {
        return Phase.valueOf(values.getProperty("phase", ""));
    }

    synchronized void phase(Phase phase) {
        values.setProperty("phase", phase.name());
    }

    /** The shim's own process, once known. */
    synchronized Optional<HostProcess> shim() {
        return HostProcess.parse(values.getProperty("shim", ""));
    }

    synchronized void shim(HostProcess process) {
        values.setProperty("shim", process.toString());
    }

    /** The task's init process, once known. */
    synchronized Optional<HostProcess> init() {
        return HostProcess.parse(values.getProperty("init", ""));
    }

    synchronized void init(HostProcess process) {
        values.setProperty("init", process.toString());
    }

    /** The processes that were made: exec ids, and the empty one of the init process. */
    synchronized Set<String> processes() {
        Set<String> all = new TreeSet<>();
        for (String key : values.stringPropertyNames()) {
            if (key.startsWith(PROCESS)) {
                all.add(key.substring(PROCESS.length()));
            }
        }
        return all;
    }

    /**
     * The streams of a process that go through pipes of ours, as {@link StreamPipes} names them.
     */
    synchronized String streams(String execId) {
        return values.getProperty(PROCESS + execId, "");
    }

    synchronized void process(String execId, String streams) {
        values.setProperty(PROCESS + execId, streams);
    }

    synchronized void forget(String execId) {
        values.remove(PROCESS + execId);
    }
}

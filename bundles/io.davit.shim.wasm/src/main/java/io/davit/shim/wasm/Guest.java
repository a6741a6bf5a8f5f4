package io.davit.shim.wasm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One program that runs: what its host functions work on. Confined to its thread but for the
 * control.
 */
final class Guest {
    private final GuestControl control;
    private final GuestHost host;
    private final List<byte[]> arguments;
    private final List<byte[]> environment;
    private final Place root;
    private final FdTable fds = new FdTable();

    /** The memory of the instance that runs now. */
    private MemoryPort memory;

    /** What the host answered so far, while that is kept; {@code null} otherwise. */
    private HostJournal journal;

    /** Takes over the root place. */
    Guest(GuestControl control, GuestHost host, GuestProgram program, Place root) {
        this.control = control;
        this.host = host;
        this.arguments = encoded(program.arguments());
        this.environment = encoded(program.environment());
        this.root = root;
    }

    private static List<byte[]> encoded(List<String> texts) {
        List<byte[]> all = new ArrayList<>(texts.size());
        for (String each : texts) {
            all.add((each + '\0').getBytes(StandardCharsets.UTF_8));
        }
        return all;
    }

    GuestControl control() {
        return control;
    }

    GuestHost host() {
        return host;
    }

    List<byte[]> arguments() {
        return arguments;
    }

    List<byte[]> environment() {
        return environment;
    }

    Place root() {
        return root;
    }

    FdTable fds() {
        return fds;
    }

    MemoryPort memory() {
        return memory;
    }

    void setMemory(MemoryPort now) {
        memory = now;
    }

    HostJournal journal() {
        return journal;
    }

    void setJournal(HostJournal now) {
        journal = now;
    }

    /** Closes what it has open. */
    void close() {
        fds.closeAll();
        root.close();
        if (memory != null) {
            memory.memory().close();
        }
    }
}

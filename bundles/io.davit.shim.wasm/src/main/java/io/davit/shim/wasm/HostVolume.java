package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/** A directory of the host as a volume. */
final class HostVolume implements Volume {
    /** Begins names that exist for an instant at the top of a volume; no guest can name them. */
    private static final String TEMPORARY = ".davit-new-";

    private static final int TEMPORARY_LENGTH = TEMPORARY.length() + 16;

    private final HostDir root;
    private final boolean readOnly;

    private HostVolume(HostHandle handle, boolean readOnly) {
        this.readOnly = readOnly;
        this.root = new HostDir(this, handle);
    }

    /** As {@link #open(Path, boolean)}; without the platform's directory descriptors if asked. */
    static HostVolume open(Path directory, boolean readOnly, boolean allowSecure)
            throws IOException {
        return new HostVolume(HostHandle.openRoot(directory.toRealPath(), allowSecure), readOnly);
    }

    /** Makes a name for something that is moved into place at once. */
    static String temporaryName() {
        StringBuilder name = new StringBuilder(TEMPORARY_LENGTH).append(TEMPORARY);
        long bits = ThreadLocalRandom.current().nextLong();
        for (int shift = 60; shift >= 0; shift -= 4) {
            name.append(Character.forDigit((int) (bits >>> shift) & 15, 16));
        }
        return name.toString();
    }

    static boolean isTemporary(String name) {
        return name.length() == TEMPORARY_LENGTH && name.startsWith(TEMPORARY);
    }

    @Override
    public HostDir root() {
        return root;
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public void close() {
        root.close();
    }
}

package io.davit.journal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A directory in memory that knows what is durable: operations can fail, and the power can go.
 *
 * <p>Each file has a view and a durable image and the operations since its last sync; so has the
 * directory. {@link #powerCut} keeps, drops, tears and reorders what was not synced.
 */
final class SimulatedStorage implements Storage {
    private static final int SECTOR = 512;
    private static final int SHUFFLED = 2;
    private static final int SECTORS = 3;

    /** Which operation fails. */
    enum Kind {
        WRITE,
        TRUNCATE,
        SYNC,
        CREATE,
        RENAME,
        DELETE,
        DIRECTORY_SYNC
    }

    /** A change that is not durable. */
    private interface Change {
        void applyTo(Image image);

        /** The part of it that a torn write leaves: its first sectors. */
        Change torn(Random random);

        /** The parts of it that reach the disk when every sector is written by itself. */
        default List<Change> sectors(Random random) {
            return List.of(this);
        }
    }

    /** Content of a file. */
    private static final class Image {
        private byte[] bytes = new byte[0];
        private int length;

        Image copy() {
            Image copy = new Image();
            copy.bytes = bytes.clone();
            copy.length = length;
            return copy;
        }

        void write(long at, byte[] from) {
            int end = (int) at + from.length;
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
            }
            System.arraycopy(from, 0, bytes, (int) at, from.length);
            length = Math.max(length, end);
        }

        void truncate(long to) {
            if (to < length) {
                Arrays.fill(bytes, (int) to, length, (byte) 0);
            }
            length = (int) to;
        }
    }

    private record Write(long at, byte[] bytes) implements Change {
        @Override
        public void applyTo(Image image) {
            image.write(at, bytes);
        }

        @Override
        public Change torn(Random random) {
            int sectors = bytes.length / SECTOR + 1;
            int kept = Math.min(bytes.length, random.nextInt(sectors) * SECTOR);
            return new Write(at, Arrays.copyOf(bytes, kept));
        }

        @Override
        public List<Change> sectors(Random random) {
            List<Change> kept = new ArrayList<>();
            for (int i = 0; i < bytes.length; i += SECTOR) {
                if (random.nextBoolean()) {
                    int end = Math.min(bytes.length, i + SECTOR);
                    kept.add(new Write(at + i, Arrays.copyOfRange(bytes, i, end)));
                }
            }
            return kept;
        }
    }

    private record Cut(long to) implements Change {
        @Override
        public void applyTo(Image image) {
            image.truncate(to);
        }

        @Override
        public Change torn(Random random) {
            return this;
        }
    }

    /** A file, whatever it is called. */
    private static final class Inode {
        private Image view = new Image();
        private Image durable = new Image();
        private final List<Change> pending = new ArrayList<>();
    }

    /** A change of the directory that is not durable: {@code null} removes. */
    private record Entry(String name, Inode inode, String gone) {}

    private Map<String, Inode> view = new HashMap<>();
    private Map<String, Inode> durable = new HashMap<>();
    private final List<Entry> pending = new ArrayList<>();

    /** Operations until the power goes; negative for never. */
    private long operationsLeft = -1;

    private boolean dead;
    private Kind failing;
    private int failAfter;
    private IOException failure;
    private int failed;
    private Runnable beforeFailure = () -> {};
    private boolean readOnly;
    private int syncs;

    /** Lets the power go at the n-th operation from now. */
    void cutPowerAfter(long operations) {
        operationsLeft = operations;
    }

    /** Lets the n-th operation of a kind fail; a write leaves half of it. */
    void failAt(Kind kind, int nth, IOException with) {
        failing = kind;
        failAfter = nth;
        failure = with;
        failed = 0;
    }

    /** Runs something on the failing thread, just before the operation of {@link #failAt} fails. */
    void beforeFailure(Runnable action) {
        beforeFailure = action;
    }

    /** How many operations failed because of {@link #failAt}. */
    int failed() {
        return failed;
    }

    boolean isDead() {
        return dead;
    }

    int syncs() {
        return syncs;
    }

    void setReadOnly(boolean readOnly) {
        this.readOnly = readOnly;
    }

    /**
     * What is there when the power is back.
     *
     * @param mode 0: every change whole; 1: each dropped with p = 1/3, torn with p = 1/2; 2: also
     *     in random order; 3: as 2, and each sector of a write kept by itself
     */
    SimulatedStorage powerCut(int mode, Random random) {
        SimulatedStorage after = new SimulatedStorage();
        Map<String, Inode> entries = new HashMap<>(durable);
        for (Entry entry : survivors(pending, mode, random)) {
            if (entry.gone() != null) {
                entries.remove(entry.gone());
            }
            if (entry.inode() != null) {
                entries.put(entry.name(), entry.inode());
            }
        }
        Map<Inode, Inode> images = new HashMap<>();
        entries.forEach(
                (name, inode) ->
                        after.view.put(
                                name,
                                images.computeIfAbsent(inode, i -> survive(i, mode, random))));
        after.durable = new HashMap<>(after.view);
        return after;
    }

    private static Inode survive(Inode inode, int mode, Random random) {
        Inode copy = new Inode();
        copy.durable = inode.durable.copy();
        for (Change change : survivors(inode.pending, mode, random)) {
            if (mode == SECTORS) {
                change.sectors(random).forEach(sector -> sector.applyTo(copy.durable));
            } else if (mode > 0 && random.nextBoolean()) {
                change.torn(random).applyTo(copy.durable);
            } else {
                change.applyTo(copy.durable);
            }
        }
        copy.view = copy.durable.copy();
        return copy;
    }

    private static <T> List<T> survivors(List<T> pending, int mode, Random random) {
        List<T> kept = new ArrayList<>(pending);
        if (mode > 0) {
            kept.removeIf(change -> random.nextInt(3) == 0);
        }
        if (mode >= SHUFFLED) {
            Collections.shuffle(kept, random);
        }
        return kept;
    }

    /** The same content in a directory of its own, all of it durable. */
    SimulatedStorage copy() {
        SimulatedStorage copy = new SimulatedStorage();
        view.forEach((name, inode) -> copy.put(name, content(name)));
        return copy;
    }

    byte[] content(String name) {
        Image image = view.get(name).view;
        return Arrays.copyOf(image.bytes, image.length);
    }

    /** Puts a durable file into the directory. */
    void put(String name, byte[] content) {
        Inode inode = new Inode();
        inode.view.write(0, content);
        inode.durable = inode.view.copy();
        view.put(name, inode);
        durable.put(name, inode);
    }

    private void operation(Kind kind) throws IOException {
        requirePower();
        if (kind == failing && --failAfter == 0) {
            failed++;
            beforeFailure.run();
            throw failure;
        }
    }

    private void requirePower() throws IOException {
        if (!dead && operationsLeft >= 0 && operationsLeft-- == 0) {
            dead = true;
        }
        if (dead) {
            throw new IOException("power cut");
        }
    }

    @Override
    public List<String> list() {
        return List.copyOf(view.keySet());
    }

    @Override
    public StoredFile open(String name) throws IOException {
        Inode inode = view.get(name);
        if (inode == null) {
            throw new FileNotFoundException(name);
        }
        return new SimulatedFile(inode);
    }

    @Override
    public StoredFile create(String name) throws IOException {
        operation(Kind.CREATE);
        Inode inode = new Inode();
        view.put(name, inode);
        pending.add(new Entry(name, inode, null));
        return new SimulatedFile(inode);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        operation(Kind.RENAME);
        Inode inode = view.remove(from);
        if (inode == null) {
            throw new FileNotFoundException(from);
        }
        view.put(to, inode);
        pending.add(new Entry(to, inode, from));
    }

    @Override
    public void delete(String name) throws IOException {
        operation(Kind.DELETE);
        view.remove(name);
        pending.add(new Entry(null, null, name));
    }

    @Override
    public void sync() throws IOException {
        operation(Kind.DIRECTORY_SYNC);
        durable = new HashMap<>(view);
        pending.clear();
    }

    @Override
    public Path path(String name) {
        return Path.of("/simulated", name);
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public boolean isFull(IOException cause) {
        return String.valueOf(cause.getMessage()).contains("ENOSPC");
    }

    @Override
    public List<JournalRecovery.Damage> found() {
        return List.of();
    }

    @Override
    public void release() {
        // nobody else sees this directory
    }

    /** An open file of the simulation. */
    private final class SimulatedFile implements StoredFile {
        private final Inode inode;

        SimulatedFile(Inode inode) {
            this.inode = inode;
        }

        @Override
        public long length() {
            return inode.view.length;
        }

        @Override
        public int read(long at, byte[] into, int offset, int count) {
            int there = (int) Math.min(count, inode.view.length - at);
            if (there <= 0) {
                return -1;
            }
            System.arraycopy(inode.view.bytes, (int) at, into, offset, there);
            return there;
        }

        @Override
        public void write(long at, byte[] from, int offset, int count) throws IOException {
            if (count == 0) {
                return;
            }
            try {
                operation(Kind.WRITE);
            } catch (IOException e) {
                add(new Write(at, Arrays.copyOfRange(from, offset, offset + count / 2)));
                throw e;
            }
            add(new Write(at, Arrays.copyOfRange(from, offset, offset + count)));
        }

        @Override
        public void truncate(long length) throws IOException {
            operation(Kind.TRUNCATE);
            add(new Cut(length));
        }

        @Override
        public void sync() throws IOException {
            operation(Kind.SYNC);
            syncs++;
            inode.durable = inode.view.copy();
            inode.pending.clear();
        }

        @Override
        public void close() {
            // the image stays
        }

        private void add(Change change) {
            change.applyTo(inode.view);
            inode.pending.add(change);
        }
    }
}

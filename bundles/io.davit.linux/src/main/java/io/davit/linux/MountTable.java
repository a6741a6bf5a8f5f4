package io.davit.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is mounted in this process's mount namespace, at one moment.
 *
 * <p>Source: proc(5), {@code /proc/PID/mountinfo}. Immutable.
 */
public final class MountTable {
    private static final Path SELF = Path.of("/proc/self/mountinfo");
    private static final int LIMIT = 64 << 20;
    private static final int MOST_LAYERS = 4096;

    private final List<MountEntry> entries;
    private final Map<Long, MountEntry> byId = new HashMap<>();

    private MountTable(List<MountEntry> entries) {
        this.entries = List.copyOf(entries);
        entries.forEach(entry -> byId.put(entry.id(), entry));
    }

    /** Reads the table of this process. */
    public static MountTable read() throws LinuxException {
        return read(SELF);
    }

    /**
     * Reads a table.
     *
     * @param mountinfo for example {@code /proc/1234/mountinfo}
     * @throws LinuxException {@code EINVAL} if a line is malformed
     */
    public static MountTable read(Path mountinfo) throws LinuxException {
        return parse(SmallFiles.readText(mountinfo, LIMIT));
    }

    /** Parses the text of a {@code mountinfo} file. */
    public static MountTable parse(String text) throws LinuxException {
        List<MountEntry> entries = new ArrayList<>();
        for (String line : text.split("\n")) {
            if (!line.isEmpty()) {
                entries.add(entry(line));
            }
        }
        return new MountTable(entries);
    }

    private static MountEntry entry(String line) throws LinuxException {
        List<String> f = Arrays.asList(line.split(" ", -1));
        int dash = f.subList(Math.min(6, f.size()), f.size()).indexOf("-") + 6;
        if (dash < 6 || f.size() < dash + 4) {
            throw new LinuxException(Errno.EINVAL, "parse mountinfo", line, "too few fields");
        }
        try {
            String[] device = f.get(2).split(":", 2);
            return new MountEntry(
                    Long.parseLong(f.get(0)),
                    Long.parseLong(f.get(1)),
                    FileStatus.device(Integer.parseInt(device[0]), Integer.parseInt(device[1])),
                    unescape(f.get(3)),
                    unescape(f.get(4)),
                    options(f.get(5)),
                    f.subList(6, dash),
                    unescape(f.get(dash + 1)),
                    unescape(f.get(dash + 2)),
                    options(f.get(dash + 3)));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new LinuxException(Errno.EINVAL, "parse mountinfo", line, "no number");
        }
    }

    private static List<String> options(String text) {
        return Arrays.stream(text.split(",")).map(MountTable::unescape).toList();
    }

    /** Replaces {@code \ooo} by the byte it stands for; the bytes are UTF-8 together. */
    static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length];
        int length = 0;
        for (int i = 0; i < in.length; length++) {
            boolean escaped = in[i] == '\\' && isOctal(in, i + 1);
            out[length] = escaped ? (byte) octal(in, i + 1) : in[i];
            i += escaped ? 4 : 1;
        }
        return new String(out, 0, length, StandardCharsets.UTF_8);
    }

    private static boolean isOctal(byte[] in, int at) {
        for (int i = at; i < at + 3; i++) {
            if (i >= in.length || in[i] < '0' || in[i] > '7') {
                return false;
            }
        }
        return true;
    }

    private static int octal(byte[] in, int at) {
        return ((in[at] - '0') << 6) | ((in[at + 1] - '0') << 3) | (in[at + 2] - '0');
    }

    /** Returns all mounts, in the kernel's order. */
    public List<MountEntry> entries() {
        return entries;
    }

    /** Finds a mount by its id. */
    public Optional<MountEntry> byId(long id) {
        return Optional.ofNullable(byId.get(id));
    }

    /**
     * Finds the mount that a path lies on: the topmost of a stack, and none that another mount
     * hides.
     *
     * @param path an absolute path without links
     */
    public Optional<MountEntry> lookup(String path) {
        MountEntry at = topmost(null, "/");
        for (int slash = 1; slash > 0 && path.length() > 1; ) {
            int next = path.indexOf('/', slash);
            at = topmost(at, next < 0 ? path : path.substring(0, next));
            slash = next + 1;
        }
        return Optional.ofNullable(at);
    }

    /** Returns the topmost mount exactly at a path, if something is mounted there. */
    public Optional<MountEntry> at(String path) {
        return lookup(path).filter(entry -> entry.mountPoint().equals(path));
    }

    private MountEntry topmost(MountEntry below, String point) {
        MountEntry at = below;
        for (int layer = 0; layer < MOST_LAYERS; layer++) {
            MountEntry next = on(at, point);
            if (next == null) {
                return at;
            }
            at = next;
        }
        return at;
    }

    /** Finds the mount at a point on top of another mount; on top of none when that is null. */
    private MountEntry on(MountEntry below, String point) {
        for (MountEntry entry : entries) {
            boolean child =
                    below == null
                            ? entry.parentId() == entry.id() || !byId.containsKey(entry.parentId())
                            : entry.parentId() == below.id() && entry.id() != below.id();
            if (child && entry.mountPoint().equals(point)) {
                return entry;
            }
        }
        return null;
    }

    /**
     * Returns what is mounted at a path or below it, in an order in which it can be unmounted:
     * upper layers before lower ones, children before parents.
     *
     * @param path an absolute path without links
     */
    public List<MountEntry> below(String path) {
        List<MountEntry> found = new ArrayList<>();
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).isWithin(path)) {
                found.add(entries.get(i));
            }
        }
        found.sort(Comparator.comparingInt(this::depth).reversed());
        return found;
    }

    private int depth(MountEntry entry) {
        int depth = 0;
        MountEntry at = entry;
        while (at != null && at.parentId() != at.id() && depth < MOST_LAYERS) {
            at = byId.get(at.parentId());
            depth++;
        }
        return depth;
    }
}

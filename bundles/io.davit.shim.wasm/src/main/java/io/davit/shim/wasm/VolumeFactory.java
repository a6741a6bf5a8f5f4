package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Performs mounts in user space: {@code bind}, {@code overlay} and {@code tmpfs}. */
final class VolumeFactory {
    private static final int MOST_LAYERS = 500;

    /** Never the source of a mount: what is in there are not files. */
    private static final List<Path> FORBIDDEN = List.of(Path.of("/proc"), Path.of("/sys"));

    private final MemoryBudget budget;
    private final long tmpfsBytes;
    private final int tmpfsFiles;
    private final boolean descriptors;

    /**
     * Makes volumes.
     *
     * @param descriptors whether to work relative to open directories where the platform can
     */
    VolumeFactory(MemoryBudget budget, long tmpfsBytes, int tmpfsFiles, boolean descriptors) {
        this.descriptors = descriptors;
        this.budget = budget;
        this.tmpfsBytes = tmpfsBytes;
        this.tmpfsFiles = tmpfsFiles;
    }

    /**
     * Performs one mount in a tree.
     *
     * @param readOnly whether nothing may change even if the mount does not say so
     * @throws DavitException {@code NOT_IMPLEMENTED} for another type or option; {@code
     *     INVALID_ARGUMENT} for a malformed one; {@code NOT_FOUND} if a directory is not there
     */
    void mount(GuestTree tree, Mount mount, boolean readOnly) throws DavitException {
        try {
            switch (type(mount)) {
                case "bind" -> bind(tree, mount, readOnly);
                case "overlay" -> tree.mount(mount.target(), overlay(mount, readOnly));
                case "tmpfs" -> tree.mount(mount.target(), tmpfs(mount, readOnly));
                default ->
                        throw new DavitException(
                                Kind.NOT_IMPLEMENTED,
                                "mount type is not supported: type="
                                        + Texts.quote(mount.type())
                                        + " target="
                                        + Texts.quote(mount.target()));
            }
        } catch (ErrnoException e) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "cannot mount at target: target="
                            + Texts.quote(mount.target())
                            + " cause="
                            + e.errno(),
                    e);
        }
    }

    private static String type(Mount mount) {
        boolean asks = mount.options().contains("bind") || mount.options().contains("rbind");
        boolean bind = mount.type().equals("rbind") || mount.type().equals("none");
        return bind || mount.type().isEmpty() ? asks || bind ? "bind" : "" : mount.type();
    }

    /**
     * Opens the root filesystem that a specification names.
     *
     * @throws DavitException {@code NOT_FOUND} if it cannot be opened
     */
    Volume root(GuestSpec spec) throws DavitException {
        try {
            return HostVolume.open(spec.root(), spec.rootReadOnly(), descriptors);
        } catch (IOException e) {
            throw new DavitException(
                    Kind.NOT_FOUND,
                    "root filesystem cannot be opened: path=" + Texts.quote(spec.root().toString()),
                    e);
        }
    }

    private void bind(GuestTree tree, Mount mount, boolean readOnly)
            throws DavitException, ErrnoException {
        MountOptions options = new MountOptions(mount, Set.of());
        boolean ro = readOnly || options.readOnly();
        Path source = source(options, mount.source());
        if (Files.isDirectory(source)) {
            tree.mount(mount.target(), open(options, source, ro));
        } else if (Files.isRegularFile(source)) {
            Path directory = source.getParent();
            tree.mountFile(
                    mount.target(), open(options, directory, ro), source.getFileName().toString());
        } else {
            throw options.failed(
                    Kind.INVALID_ARGUMENT, "source is no file or directory", mount.source());
        }
    }

    /** Where a source really is; never the whole host, nor what the kernel makes up. */
    private static Path source(MountOptions options, String text) throws DavitException {
        Path real;
        try {
            Path path = Path.of(text);
            if (!path.isAbsolute()) {
                throw options.failed(Kind.INVALID_ARGUMENT, "source is not absolute", text);
            }
            real = path.toRealPath();
        } catch (InvalidPathException e) {
            throw options.failed(Kind.INVALID_ARGUMENT, "source is no path", text);
        } catch (IOException e) {
            throw failed(options, text, e);
        }
        if (real.getNameCount() == 0 || FORBIDDEN.stream().anyMatch(real::startsWith)) {
            throw options.failed(Kind.PERMISSION_DENIED, "source is not allowed", text);
        }
        return real;
    }

    private static DavitException failed(MountOptions options, String text, IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return options.failed(Kind.NOT_FOUND, "source does not exist", text);
        }
        Kind kind = cause instanceof AccessDeniedException ? Kind.PERMISSION_DENIED : Kind.INTERNAL;
        return options.failed(kind, "source cannot be opened (" + cause.getMessage() + ")", text);
    }

    private HostVolume open(MountOptions options, Path directory, boolean readOnly)
            throws DavitException {
        try {
            return HostVolume.open(directory, readOnly, descriptors);
        } catch (IOException e) {
            throw failed(options, directory.toString(), e);
        }
    }

    private Volume overlay(Mount mount, boolean readOnly) throws DavitException {
        MountOptions options =
                new MountOptions(mount, Set.of("lowerdir", "lowerdir+", "upperdir", "workdir"));
        List<String> lowers = lowers(options);
        String upper = options.value("upperdir");
        String work = options.value("workdir");
        if ((upper == null) != (work == null)) {
            throw options.failed(
                    Kind.INVALID_ARGUMENT, "needs both upperdir and workdir or none", "");
        }
        List<HostVolume> opened = new ArrayList<>();
        try {
            for (String each : lowers) {
                opened.add(open(options, source(options, each), true));
            }
            if (upper != null) {
                opened.add(open(options, source(options, upper), false));
                opened.add(open(options, source(options, work), false));
            }
        } catch (DavitException e) {
            opened.forEach(HostVolume::close);
            throw e;
        }
        int count = lowers.size();
        return new OverlayVolume(
                opened.subList(0, count),
                upper == null ? null : opened.get(count),
                upper == null ? null : opened.get(count + 1),
                readOnly || options.readOnly());
    }

    private static List<String> lowers(MountOptions options) throws DavitException {
        List<String> lowers = new ArrayList<>();
        String joined = options.value("lowerdir");
        if (joined != null) {
            splitLayers(joined, lowers);
        }
        lowers.addAll(options.all("lowerdir+"));
        if (lowers.isEmpty() || lowers.size() > MOST_LAYERS || lowers.contains("")) {
            throw options.failed(
                    Kind.INVALID_ARGUMENT,
                    "needs 1 to " + MOST_LAYERS + " lower directories",
                    joined == null ? "" : joined);
        }
        return lowers;
    }

    /** Splits at colons that no backslash takes back. */
    private static void splitLayers(String joined, List<String> into) {
        StringBuilder layer = new StringBuilder();
        for (int i = 0; i < joined.length(); i++) {
            char c = joined.charAt(i);
            if (c == '\\' && i + 1 < joined.length()) {
                layer.append(joined.charAt(++i));
            } else if (c == ':') {
                into.add(layer.toString());
                layer.setLength(0);
            } else {
                layer.append(c);
            }
        }
        into.add(layer.toString());
    }

    private Volume tmpfs(Mount mount, boolean readOnly) throws DavitException {
        MountOptions options =
                new MountOptions(
                        mount, Set.of("size", "nr_inodes", "mode", "uid", "gid", "huge", "mpol"));
        long size = options.size("size", tmpfsBytes, tmpfsBytes);
        long files = options.size("nr_inodes", tmpfsFiles, tmpfsFiles);
        return new MemoryVolume(
                size == 0 ? tmpfsBytes : size,
                (int) Math.min(files == 0 ? tmpfsFiles : files, tmpfsFiles),
                readOnly || options.readOnly(),
                budget);
    }
}

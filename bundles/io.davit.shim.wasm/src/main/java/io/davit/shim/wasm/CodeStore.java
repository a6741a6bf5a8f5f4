package io.davit.shim.wasm;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Compiled code on disk, by the digest of its module, so that a later JVM need not compile again.
 *
 * <p>The directory is ours alone, mode 0700; a directory or file that somebody else owns or may
 * write to is not used. A file ends with the digest of what it holds and is read whole or not at
 * all; it is written under another name and moved. Safe for use by many threads and JVMs.
 */
final class CodeStore {
    private static final Logger LOG = LoggerFactory.getLogger(CodeStore.class);

    /** Changes with the engine and with what is written, which makes older files unknown. */
    private static final String FORMAT = "davit-wasm-code-1 endive-1.0.0";

    private static final String SUFFIX = ".code";
    private static final int DIGEST_BYTES = 32;
    private static final Set<PosixFilePermission> OTHERS =
            PosixFilePermissions.fromString("---rwxrwx");

    private final Path directory;
    private final long mostBytes;
    private final AtomicBoolean warned = new AtomicBoolean();

    CodeStore(Path directory, long mostBytes) {
        this.directory = directory;
        this.mostBytes = mostBytes;
    }

    /** Finds the code of a module, or returns {@code null}. */
    CompiledCode load(String digest) {
        Path file = directory.resolve(digest + SUFFIX);
        try {
            if (!isOurs(directory) || !isOurs(file)) {
                return null;
            }
            CompiledCode code = decode(digest, Files.readAllBytes(file));
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return code;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("compiled code is not used: file={} cause={}", file, e.toString());
            remove(file);
            return null;
        }
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("cannot remove compiled code: file={} cause={}", file, e.toString());
        }
    }

    private boolean isOurs(Path path) throws IOException {
        PosixFileAttributes found =
                Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Set<PosixFilePermission> others = new HashSet<>(found.permissions());
        others.retainAll(OTHERS);
        String user = System.getProperty("user.name");
        boolean ours =
                others.isEmpty() && !found.isSymbolicLink() && found.owner().getName().equals(user);
        if (!ours && warned.compareAndSet(false, true)) {
            LOG.warn("compiled code is not kept, this is not ours alone: path={}", path);
        }
        return ours;
    }

    /** Keeps the code of a module; a failure costs time in a later JVM and nothing else. */
    void save(String digest, CompiledCode code) {
        Path temporary = null;
        try {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(
                        directory,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            if (!isOurs(directory)) {
                return;
            }
            temporary = Files.createTempFile(directory, "new-", ".tmp");
            write(temporary, encode(digest, code));
            Files.move(
                    temporary, directory.resolve(digest + SUFFIX), StandardCopyOption.ATOMIC_MOVE);
            prune();
        } catch (ClosedByInterruptException e) {
            remove(temporary);
        } catch (IOException e) {
            LOG.warn("cannot keep compiled code: directory={} cause={}", directory, e.toString());
            if (temporary != null) {
                remove(temporary);
            }
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    /** One file, when it was last used, and how large it is. */
    private record Kept(Path path, FileTime used, long size) {}

    private void prune() throws IOException {
        List<Kept> all = new ArrayList<>();
        long sum = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path each : files) {
                Kept kept = new Kept(each, Files.getLastModifiedTime(each), Files.size(each));
                all.add(kept);
                sum += kept.size;
            }
        }
        all.sort(Comparator.comparing(Kept::used));
        for (Kept each : all) {
            if (sum <= mostBytes) {
                return;
            }
            remove(each.path);
            sum -= each.size;
        }
    }

    private static byte[] encode(String digest, CompiledCode code) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(FORMAT);
        out.writeUTF(digest);
        out.writeUTF(code.mainClass());
        out.writeInt(code.imports());
        out.writeInt(code.interpreted().size());
        for (int each : code.interpreted()) {
            out.writeInt(each);
        }
        out.writeInt(code.classes().size());
        for (Map.Entry<String, byte[]> each : code.classes().entrySet()) {
            out.writeUTF(each.getKey());
            out.writeInt(each.getValue().length);
            out.write(each.getValue());
        }
        out.write(Digests.sha256(bytes.toByteArray(), bytes.size()));
        return bytes.toByteArray();
    }

    private static CompiledCode decode(String digest, byte[] file) throws IOException {
        int length = file.length - DIGEST_BYTES;
        if (length <= 0
                || !MessageDigest.isEqual(
                        Digests.sha256(file, length),
                        Arrays.copyOfRange(file, length, file.length))) {
            throw new IOException("the content does not match its digest");
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(file, 0, length));
        if (!in.readUTF().equals(FORMAT) || !in.readUTF().equals(digest)) {
            throw new IOException("it was written by another version or for another module");
        }
        String mainClass = in.readUTF();
        int imports = in.readInt();
        Set<Integer> interpreted = new HashSet<>();
        for (int left = in.readInt(); left > 0; left--) {
            interpreted.add(in.readInt());
        }
        Map<String, byte[]> classes = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            String name = in.readUTF();
            classes.put(name, in.readNBytes(in.readInt()));
        }
        return new CompiledCode(mainClass, classes, interpreted, imports);
    }
}

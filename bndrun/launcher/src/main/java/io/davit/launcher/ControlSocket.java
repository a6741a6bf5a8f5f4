package io.davit.launcher;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;

/**
 * The socket at which a daemon takes commands: {@code davit.sock} in its state directory.
 *
 * <p>Belongs to the launcher, so that clients wait instead of failing while bundles start or are
 * replaced. Bound in a private directory and named only when its mode is right: whoever sees the
 * socket may connect or is refused by the kernel. The lock of the state directory is held.
 */
final class ControlSocket {
    /** The socket's name in the state directory. */
    static final String NAME = "davit.sock";

    /** The longest path of a socket in bytes: the size of {@code sun_path} without its NUL. */
    private static final int LONGEST = 107;

    private static final int BACKLOG = 64;
    private static final String UNNAMED = ".new";

    private final Path path;
    private final ServerSocketChannel channel;

    private ControlSocket(Path path, ServerSocketChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Where the socket of a state directory is. */
    static Path in(Path state) {
        return state.resolve(NAME);
    }

    /**
     * Makes the socket; one that a dead daemon left is replaced.
     *
     * @param state the state directory, locked by this process
     * @param group whose members may connect besides this user
     * @throws IOException if the directory is not safe, the path is too long or the group unknown
     */
    static ControlSocket open(Path state, Optional<String> group) throws IOException {
        Path path = in(state);
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new IOException(
                    "path of the socket is longer than " + LONGEST + " bytes: path=" + path);
        }
        requireSafe(state);
        Path unnamed = state.resolve(UNNAMED);
        Path bound = unnamed.resolve("s");
        Files.deleteIfExists(bound);
        Files.deleteIfExists(unnamed);
        Files.createDirectory(unnamed, RunDirectory.PRIVATE);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(bound), BACKLOG);
            permit(state, bound, group);
            Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE);
            return new ControlSocket(path, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        } finally {
            Files.deleteIfExists(bound);
            Files.deleteIfExists(unnamed);
        }
    }

    private static void requireSafe(Path state) throws IOException {
        PosixFileAttributes found =
                Files.readAttributes(state, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!found.isDirectory()
                || found.permissions().contains(PosixFilePermission.GROUP_WRITE)
                || found.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("state directory can be written by others: path=" + state);
        }
    }

    private static void permit(Path state, Path socket, Optional<String> name) throws IOException {
        if (name.isEmpty()) {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            return;
        }
        GroupPrincipal group = group(state, name.get());
        give(socket, group, "rw-rw----");
        give(state, group, "rwxr-x---");
    }

    private static void give(Path file, GroupPrincipal group, String mode) throws IOException {
        Files.getFileAttributeView(file, PosixFileAttributeView.class).setGroup(group);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static GroupPrincipal group(Path state, String name) throws IOException {
        try {
            return state.getFileSystem()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByGroupName(name);
        } catch (UserPrincipalNotFoundException e) {
            throw new IOException("no such group: group=" + name, e);
        }
    }

    Path path() {
        return path;
    }

    /** What bundles accept connections from. */
    ServerSocketChannel channel() {
        return channel;
    }

    /** Takes no more connections. */
    void close() {
        try {
            Files.deleteIfExists(path);
            channel.close();
        } catch (IOException e) {
            // The next daemon replaces it.
        }
    }
}

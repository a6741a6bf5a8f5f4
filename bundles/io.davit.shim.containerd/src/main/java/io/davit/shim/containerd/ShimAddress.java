package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.OciBundle;
import io.davit.linux.LinuxException;
import io.davit.linux.Owner;
import io.davit.linux.TrustedPath;
import io.davit.oci.Json;
import io.davit.oci.JsonObject;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the shim of a task may be reached: the rules for the address it tells, and the addresses it
 * is expected at.
 *
 * <p>A socket lies directly in our own directory, in one that is configured, or in the fixed one of
 * shims before 2.3, and there under the name that follows from what the shim was told; or it is
 * proven to be the shim's. Source: containerd {@code pkg/shim/util_unix.go}.
 */
final class ShimAddress {
    private static final String SCHEME = "unix://";
    private static final int LONGEST = 107;
    private static final Path FIXED = Path.of("/run/containerd/s");
    private static final Set<String> GROUPS =
            new LinkedHashSet<>(
                    java.util.List.of(
                            "io.containerd.runc.v2.group", "io.kubernetes.cri.sandbox-id"));

    private final Settings settings;
    private final OciBundle bundle;

    ShimAddress(Settings settings, OciBundle bundle) {
        this.settings = settings;
        this.bundle = bundle;
    }

    /**
     * Reads an address.
     *
     * @return the socket it names, which is not looked at
     * @throws DavitException {@code NOT_IMPLEMENTED} if it is of another kind; {@code INTERNAL} if
     *     it is malformed
     */
    static Path named(String address) throws DavitException {
        if (!address.startsWith(SCHEME)) {
            if (address.contains("://")) {
                throw new DavitException(
                        Kind.NOT_IMPLEMENTED,
                        "scheme of shim address is not supported: address="
                                + Failures.quote(address));
            }
            throw wrong("is no unix:// address", address);
        }
        String text = address.substring(SCHEME.length());
        boolean printable = text.chars().allMatch(c -> c > ' ' && c < 127);
        if (text.length() > LONGEST || !text.startsWith("/") || !printable) {
            throw wrong("is no path of at most 107 bytes", address);
        }
        Path socket = Path.of(text);
        if (!socket.normalize().toString().equals(text)) {
            throw wrong("is no normal path", address);
        }
        return socket;
    }

    /**
     * Checks where a socket lies. Elsewhere than in the directories for sockets it must be one that
     * nobody else could have put there, and at which a process of this shim listens.
     *
     * @param token what the processes of the shim have in their environment
     * @throws DavitException {@code INTERNAL} if it must not be used
     */
    void require(Path socket, String address, String token) throws DavitException, LinuxException {
        if (!isPlace(socket) && !(isSafe(socket) && SocketHolder.find(socket, token).isPresent())) {
            throw wrong("lies outside the directories for sockets", address);
        }
        requireOurs(socket, address);
    }

    private static boolean isSafe(Path socket) {
        try {
            Path directory = socket.getParent();
            return directory.toRealPath().equals(directory)
                    && TrustedPath.weakness(directory).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Takes the socket of a shim that another task of ours has, and that was checked for it.
     *
     * @throws DavitException {@code INTERNAL} if it is not there any more, or somebody else's
     */
    Path requireShared(ShimAnswer answer) throws DavitException {
        Path socket = answer.socket().orElseThrow(() -> wrong("is no path", answer.address()));
        requireOurs(socket, answer.address());
        return socket;
    }

    /** Lists the sockets a shim may have made when it did not live to tell. */
    Set<Path> expected() {
        Set<Path> all = new LinkedHashSet<>();
        Set<String> groupings = new LinkedHashSet<>(Set.of(bundle.id().id()));
        group().ifPresent(groupings::add);
        for (String grouping : groupings) {
            all.add(settings.sockets().resolve(name(grouping)));
            all.add(FIXED.resolve(name(grouping)));
        }
        return all;
    }

    /** The group whose tasks share a shim, as the specification names it. */
    Optional<String> group() {
        try {
            Object spec = Json.parse("spec", Files.readAllBytes(bundle.config()));
            JsonObject object = JsonObject.of("spec", spec);
            Map<String, String> annotations = object.textMap("annotations");
            return GROUPS.stream()
                    .filter(annotations::containsKey)
                    .map(annotations::get)
                    .findFirst();
        } catch (IOException | DavitException e) {
            return Optional.empty();
        }
    }

    /** Says whether a socket lies in a directory for sockets, under a name that is this task's. */
    boolean isPlace(Path socket) {
        Path directory = socket.getParent();
        if (settings.sockets().equals(directory)
                || settings.socketDirectories().contains(directory)) {
            return true;
        }
        return FIXED.equals(directory)
                && (socket.endsWith(name(bundle.id().id())) || expected().contains(socket));
    }

    private static void requireOurs(Path socket, String address) throws DavitException {
        try {
            Map<String, Object> file =
                    Files.readAttributes(socket, "unix:uid,isOther", LinkOption.NOFOLLOW_LINKS);
            if (!Boolean.TRUE.equals(file.get("isOther"))) {
                throw wrong("is no socket", address);
            }
            if ((int) file.get("uid") != Owner.ofProcess().uid()) {
                throw wrong("belongs to somebody else", address);
            }
        } catch (IOException e) {
            throw wrong("is not there", address);
        }
    }

    /** The name a shim gives its socket, from what it was told. */
    private String name(String grouping) {
        Path told =
                settings.daemonAddress()
                        .resolve(bundle.id().namespace().toString())
                        .resolve(grouping)
                        .normalize();
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] hash = digest.digest(told.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static DavitException wrong(String why, String address) {
        return Failures.protocol("shim address " + why + ": address=" + Failures.quote(address));
    }
}

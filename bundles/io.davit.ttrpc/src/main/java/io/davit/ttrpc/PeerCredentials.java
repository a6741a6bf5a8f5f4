package io.davit.ttrpc;

import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;

/** Reads who is at the other end of a connection, and who we are. */
final class PeerCredentials {
    private PeerCredentials() {}

    static PeerPolicy.Peer of(SocketChannel channel) throws IOException {
        UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
        return new PeerPolicy.Peer(peer.user(), peer.group());
    }

    /** The owner of our own entry in /proc is our effective user. */
    static PeerPolicy.Peer own() {
        try {
            PosixFileAttributes self =
                    Files.readAttributes(Path.of("/proc/self"), PosixFileAttributes.class);
            return new PeerPolicy.Peer(self.owner(), self.group());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the owner of this process", e);
        }
    }
}

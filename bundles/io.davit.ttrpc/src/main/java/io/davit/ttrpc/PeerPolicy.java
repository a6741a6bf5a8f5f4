package io.davit.ttrpc;

import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;

/**
 * Whom to talk to. Asked once per connection, before a byte is read or written, on a thread that
 * must not be blocked.
 *
 * @since 1.0
 */
@FunctionalInterface
public interface PeerPolicy {
    /**
     * Who is at the other end, as the kernel recorded it: for a server when its peer connected, for
     * a client when its peer began to listen.
     *
     * @param user the effective user
     * @param group the effective group
     */
    record Peer(UserPrincipal user, GroupPrincipal group) {}

    /**
     * Says whether to go on.
     *
     * @param peer who it is; never {@code null}
     * @return {@code false} to close the connection without a word
     */
    boolean accepts(Peer peer);

    /**
     * Accepts the effective user and group of this process alone, as containerd and its shims do.
     *
     * @return the policy; never {@code null}
     */
    static PeerPolicy sameUser() {
        return PeerCredentials.own()::equals;
    }

    /**
     * Accepts everybody who can reach the socket.
     *
     * @return the policy; never {@code null}
     */
    static PeerPolicy anyone() {
        return peer -> true;
    }
}

package io.davit.shell;

import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/**
 * Who is at the other end of a connection, as the kernel says.
 *
 * @param user the user's name, or number if it has none
 * @param group the name or number of the group
 */
record Credentials(String user, String group) {
    static Credentials of(SocketChannel channel) throws IOException {
        UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
        return new Credentials(peer.user().getName(), peer.group().getName());
    }

    @Override
    public String toString() {
        return user + ":" + group;
    }
}

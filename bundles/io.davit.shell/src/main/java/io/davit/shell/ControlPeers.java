package io.davit.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Who may give commands: root, the user this process runs as, and the members of one group.
 *
 * <p>The socket's mode keeps others away already; this is the second lock.
 */
final class ControlPeers {
    private static final String ROOT = "root";
    private static final int GROUP_FIELDS = 4;

    private final String owner;
    private final String group;
    private final Path groups;

    /**
     * Makes the rule.
     *
     * @param owner the user this process runs as
     * @param group the group; empty for none
     * @param groups the file that lists the members of groups
     */
    ControlPeers(String owner, String group, Path groups) {
        this.owner = owner;
        this.group = group;
        this.groups = groups;
    }

    boolean mayCommand(Credentials peer) {
        return peer.user().equals(ROOT)
                || peer.user().equals(owner)
                || !group.isEmpty() && (peer.group().equals(group) || isMember(peer.user()));
    }

    /** Asks anew each time, because membership is taken away too. */
    private boolean isMember(String user) {
        try {
            return Files.readAllLines(groups, StandardCharsets.UTF_8).stream()
                    .map(line -> line.split(":", -1))
                    .filter(fields -> fields.length == GROUP_FIELDS && fields[0].equals(group))
                    .anyMatch(fields -> List.of(fields[3].split(",")).contains(user));
        } catch (IOException e) {
            return false;
        }
    }
}

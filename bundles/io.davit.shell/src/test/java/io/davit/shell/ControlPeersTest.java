package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

/** Who may give commands. */
class ControlPeersTest {
    @TempDir Path directory;

    @Test
    void without_a_group_the_owner_and_root_alone_may() {
        ControlPeers peers = new ControlPeers("ada", "", directory.resolve("nosuch"));
        assertTrue(peers.mayCommand(new Credentials("ada", "users")));
        assertTrue(peers.mayCommand(new Credentials("root", "root")));
        assertFalse(peers.mayCommand(new Credentials("eve", "ada")));
        assertFalse(peers.mayCommand(new Credentials("eve", "")));
        assertFalse(peers.mayCommand(new Credentials("0", "0")));
    }

    @Test
    void members_of_the_group_may_as_long_as_they_are() throws Exception {
        Path groups = directory.resolve("group");
        Files.writeString(groups, "other:x:1:eve\ndavit:x:2:bob,carol\nbroken\ndavits:x:3:eve\n");
        ControlPeers peers = new ControlPeers("ada", "davit", groups);
        assertTrue(peers.mayCommand(new Credentials("bob", "users")));
        assertTrue(peers.mayCommand(new Credentials("dan", "davit")));
        assertFalse(peers.mayCommand(new Credentials("eve", "other")));
        Files.writeString(groups, "davit:x:2:carol\n");
        assertFalse(peers.mayCommand(new Credentials("bob", "users")));
        assertTrue(peers.mayCommand(new Credentials("carol", "users")));
    }
}

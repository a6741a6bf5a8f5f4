package io.davit.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Where a run keeps what. */
class DirectoriesTest {
    @TempDir Path temporary;
    private UserDirectories user;

    @BeforeEach
    void choose_a_user() {
        user =
                new UserDirectories(
                        temporary.resolve("root"),
                        temporary.resolve("state"),
                        temporary.resolve("runs"));
    }

    private Map<String, String> properties(String... args) throws Exception {
        Directories directories = Directories.choose(List.of(args), user);
        directories.close();
        return directories.properties();
    }

    @Test
    void a_command_gets_directories_of_its_own() throws Exception {
        Map<String, String> properties = properties("run", "m.wasm");
        assertTrue(properties.get("davit.root.dir").startsWith(user.runs() + "/run-"));
        assertTrue(properties.get("davit.state.dir").startsWith(user.runs() + "/run-"));
        assertFalse(Files.exists(Path.of(properties.get("davit.state.dir"))));
    }

    @Test
    void without_a_command_the_user_s_are_kept() throws Exception {
        Map<String, String> properties = properties();
        assertEquals(user.root().toString(), properties.get("davit.root.dir"));
        assertEquals(user.state().toString(), properties.get("davit.state.dir"));
        assertTrue(Files.isDirectory(user.state()));
    }

    @Test
    void options_before_the_first_word_name_others() throws Exception {
        Path a = temporary.resolve("a");
        Path b = temporary.resolve("b");
        Map<String, String> properties =
                properties(
                        "run",
                        "--env",
                        "--root",
                        "--state=" + b,
                        "--root",
                        a.toString(),
                        "m.wasm",
                        "--state",
                        "/c");
        assertEquals(a.toString(), properties.get("davit.root.dir"));
        assertEquals(b.toString(), properties.get("davit.state.dir"));
    }

    @Test
    void one_directory_can_be_both() throws Exception {
        Path a = temporary.resolve("a");
        Map<String, String> properties = properties("run", "--root=" + a, "--state=" + a, "m");
        assertEquals(properties.get("davit.root.dir"), properties.get("davit.state.dir"));
    }

    @Test
    void nothing_after_two_dashes_is_an_option() throws Exception {
        Map<String, String> properties = properties("run", "--", "--state", "/c");
        assertTrue(properties.get("davit.state.dir").startsWith(user.runs().toString()));
    }

    @Test
    void a_user_s_directories_follow_the_base_directory_specification() {
        UserDirectories xdg =
                UserDirectories.of(
                        "ada",
                        Map.of(
                                "XDG_STATE_HOME", "relative/is/ignored",
                                "XDG_RUNTIME_DIR", "/r"));
        Path home = Path.of(System.getProperty("user.home"));
        assertEquals(home.resolve(".local/state/davit"), xdg.root());
        assertEquals(Path.of("/r/davit/state"), xdg.state());
        assertEquals(Path.of("/r/davit/runs"), xdg.runs());
    }
}

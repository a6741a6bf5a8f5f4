package io.davit.shim.manager;

import static io.davit.shim.manager.Manager.LONG;
import static io.davit.shim.manager.Manager.RUNTIME;
import static io.davit.shim.manager.Manager.assertFails;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.shim.ShimInfo;
import io.davit.spi.shim.RuntimeInfo;
import io.davit.testkit.FakePlugin;
import io.davit.testkit.PluginReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which plugin serves a runtime, and what is said when none does. */
class PluginChoiceTest {
    private final Manager manager = new Manager();

    @AfterEach
    void stop() {
        manager.close();
    }

    /** A plugin that says who it is. */
    private PluginReference add(String who, PluginReference reference) {
        FakePlugin plugin = manager.external();
        plugin.saying(new RuntimeInfo(Set.of(), Set.of(), Map.of("who", who)));
        return manager.add(plugin, reference);
    }

    private String winner(String runtime) {
        return manager.component.info(runtime, LONG).attributes().get("who");
    }

    @Test
    void the_highest_ranking_wins_then_the_highest_version_then_the_oldest() {
        add("old", manager.reference("1.0.0"));
        assertEquals("old", winner(RUNTIME));
        add("same version, younger", manager.reference("1.0.0"));
        assertEquals("old", winner(RUNTIME));
        PluginReference newer = add("newer", manager.reference("1.2.0"));
        assertEquals("newer", winner(RUNTIME));
        PluginReference ranked =
                add("ranked", manager.reference("0.1.0").with("service.ranking", 5));
        assertEquals("ranked", winner(RUNTIME));
        ranked.with("service.ranking", -1);
        assertEquals("newer", winner(RUNTIME));
        manager.component.removePlugin(newer);
        assertEquals("old", winner(RUNTIME));
    }

    @Test
    void a_pattern_serves_what_begins_so_and_an_exact_claim_is_closer() {
        add("pattern", manager.reference("2.0.0", "io.containerd.*"));
        add("exact", manager.reference("1.0.0", "io.containerd.runc.v2"));
        assertEquals("exact", winner("io.containerd.runc.v2"));
        assertEquals("pattern", winner("io.containerd.kata.v2"));
        assertFails(Kind.UNAVAILABLE, () -> winner("io.davit.wasm.v1"));
    }

    @Test
    void a_pattern_serves_what_ends_so_except_our_own_names_and_paths() {
        add("ending", manager.reference("1.0.0", "*.runc.v2"));
        assertEquals("ending", winner("io.containerd.runc.v2"));
        assertEquals("ending", winner("com.example.some.runc.v2"));
        assertFails(Kind.UNAVAILABLE, () -> winner("io.davit.runc.v2"));
        assertFails(Kind.UNAVAILABLE, () -> winner("io.containerd.crunc.v2"));
        assertFails(Kind.UNAVAILABLE, () -> winner("io.containerd.runc.v2.more"));
        assertFails(Kind.PERMISSION_DENIED, () -> winner("/opt/x.runc.v2"));
    }

    @Test
    void the_longest_pattern_is_the_closest_whichever_end_it_fixes() {
        add("begin", manager.reference("2.0.0", "io.containerd.*"));
        add("end", manager.reference("1.0.0", "*.a-long-name.v2"));
        add("short end", manager.reference("1.0.0", "*.x.v2"));
        add("exact", manager.reference("0.1.0", "io.containerd.exact.v2"));
        assertEquals("end", winner("io.containerd.a-long-name.v2"));
        assertEquals("begin", winner("io.containerd.x.v2"));
        assertEquals("short end", winner("org.x.v2"));
        assertEquals("exact", winner("io.containerd.exact.v2"));
    }

    @Test
    void a_pattern_is_listed_as_it_is_and_nobody_is_asked_for_it() {
        FakePlugin plugin = manager.external();
        plugin.before(
                "info",
                id -> {
                    throw new DavitException(Kind.INTERNAL, "asked");
                });
        manager.add(plugin, manager.reference("1.0.0", "*.runc.v2"));
        ShimInfo info = manager.component.runtimes(LONG).get(0);
        assertEquals("*.runc.v2", info.runtime());
        assertEquals(Map.of(), info.attributes());
    }

    @Test
    void a_runtime_nobody_serves_is_unavailable_and_the_message_says_what_is_there() {
        DavitException none = assertFails(Kind.UNAVAILABLE, () -> winner("io.davit.nosuch.v1"));
        assertTrue(none.getMessage().contains("io.davit.nosuch.v1"), none.getMessage());
        assertTrue(none.getMessage().contains("there=none"), none.getMessage());
        add("a", manager.reference("1.0.0"));
        DavitException some = assertFails(Kind.UNAVAILABLE, () -> winner("io.davit.nosuch.v1"));
        assertTrue(some.getMessage().contains("there=io.davit.fake.v1"), some.getMessage());
    }

    @Test
    void the_path_of_a_binary_is_refused_unless_a_plugin_claims_paths() {
        add("name", manager.reference("1.0.0", "io.davit.*"));
        assertFails(Kind.PERMISSION_DENIED, () -> winner("/bin/sh"));
        add("paths", manager.reference("1.0.0", "/*"));
        assertEquals("paths", winner("/bin/sh"));
        assertFails(Kind.UNAVAILABLE, () -> winner("io.other.v1"));
    }

    @Test
    void the_plugin_is_asked_each_time() {
        FakePlugin plugin = manager.external();
        manager.add(plugin, manager.reference("1.0.0"));
        plugin.saying(new RuntimeInfo(Set.of("overlay"), Set.of(), Map.of()));
        assertEquals(Set.of("overlay"), manager.component.info(RUNTIME, LONG).mounts());
        plugin.saying(new RuntimeInfo(Set.of("bind"), Set.of("x"), Map.of()));
        ShimInfo info = manager.component.info(RUNTIME, LONG);
        assertEquals(Set.of("bind"), info.mounts());
        assertEquals(Set.of("x"), info.features());
        assertEquals("io.davit.fake", info.plugin());
        assertEquals("1.0.0", info.version());
    }

    @Test
    void all_runtimes_are_listed_the_winner_first_and_one_that_fails_with_its_error() {
        add("b1", manager.reference("1.0.0", "io.b.v1"));
        add("b2", manager.reference("2.0.0", "io.b.v1"));
        add("many", manager.reference("1.0.0", "io.c.*"));
        FakePlugin failing = manager.external();
        failing.before(
                "info",
                id -> {
                    throw new DavitException(Kind.UNAVAILABLE, "binary is missing");
                });
        manager.add(failing, manager.reference("1.0.0", "io.a.v1"));
        List<ShimInfo> infos = manager.component.runtimes(LONG);
        assertEquals(
                List.of("io.a.v1", "io.b.v1", "io.b.v1", "io.c.*"),
                infos.stream().map(ShimInfo::runtime).toList());
        assertEquals("binary is missing", infos.get(0).attributes().get("error"));
        assertEquals(
                List.of("2.0.0", "1.0.0"),
                infos.subList(1, 3).stream().map(ShimInfo::version).toList());
    }
}

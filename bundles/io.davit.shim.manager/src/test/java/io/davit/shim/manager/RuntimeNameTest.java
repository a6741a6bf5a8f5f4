package io.davit.shim.manager;

import static io.davit.shim.manager.Manager.assertFails;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names of runtimes are well-formed. */
class RuntimeNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.davit.wasm.v1",
                "io.containerd.runc.v2",
                "a.b",
                "x-1.y-2",
                "/usr/bin/shim",
            })
    void a_dotted_name_or_an_absolute_path_is_good(String name) {
        assertEquals(name, RuntimeName.require(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "runc",
                ".a.b",
                "a..b",
                "a.b.",
                "A.b",
                "a.b\n",
                "a b.c",
                "bin/shim",
                "a/b.c",
                "/",
                "/a/../b",
                "/a//b",
                "/a/.",
                "//a",
                "/a\0b",
                "/a\nb",
                "a_b.c",
                "é.v1"
            })
    void anything_else_is_malformed(String name) {
        assertFails(Kind.INVALID_ARGUMENT, () -> RuntimeName.require(name));
    }

    @Test
    void length_is_limited_before_the_name_is_looked_at() {
        String longest = "a." + "b".repeat(126);
        assertEquals(longest, RuntimeName.require(longest));
        assertFails(Kind.INVALID_ARGUMENT, () -> RuntimeName.require(longest + "b"));
        DavitException e =
                assertFails(
                        Kind.INVALID_ARGUMENT, () -> RuntimeName.require("a.".repeat(5_000_000)));
        assertTrue(e.getMessage().length() < 500, e.getMessage());
    }
}

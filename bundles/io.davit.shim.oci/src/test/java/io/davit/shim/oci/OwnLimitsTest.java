package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.oci.Json;
import io.davit.oci.Rlimit;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Limits that cannot be raised. */
class OwnLimitsTest {
    private static final String TABLE =
            """
            Limit                     Soft Limit           Hard Limit           Units
            Max open files            1024                 20000                files
            Max core file size        0                    unlimited            bytes
            Max nice priority         0                    0
            """;

    @Test
    void the_kernels_table_is_read() {
        assertEquals(
                Map.of("RLIMIT_NOFILE", 20000L, "RLIMIT_NICE", 0L),
                OwnLimits.parse(TABLE).ceilings());
    }

    @Test
    void what_is_above_is_lowered_and_the_rest_stays() {
        OwnLimits own = OwnLimits.parse(TABLE);
        List<Rlimit> wanted =
                List.of(
                        new Rlimit("RLIMIT_NOFILE", 1048576, 1048576),
                        new Rlimit("RLIMIT_CORE", -1, 5));
        assertEquals(
                "[{\"type\":\"RLIMIT_NOFILE\",\"hard\":20000,\"soft\":20000},"
                        + "{\"type\":\"RLIMIT_CORE\",\"hard\":18446744073709551615,\"soft\":5}]",
                Json.write(own.lower(wanted).orElseThrow()));
    }

    @Test
    void what_can_be_set_is_left_alone() {
        OwnLimits own = OwnLimits.parse(TABLE);
        assertEquals(Optional.empty(), own.lower(List.of(new Rlimit("RLIMIT_NOFILE", 9, 8))));
    }

    @Test
    void the_capability_decides() {
        assertTrue(OwnLimits.mayRaise("CapEff:\t000001ffffffffff\n"));
        assertFalse(OwnLimits.mayRaise("CapEff:\t000001fffeffffff\n"));
        assertFalse(OwnLimits.mayRaise("CapEff:\t0000000000000000\n"));
    }
}

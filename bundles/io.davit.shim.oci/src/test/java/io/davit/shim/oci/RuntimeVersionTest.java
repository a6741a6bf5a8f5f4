package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Versions and what is known about them. */
class RuntimeVersionTest {
    @ParameterizedTest
    @CsvSource({
        "runc version 1.1.5+ds1, runc, true",
        "runc version 1.2.7, runc, true",
        "runc version 1.2.8, runc, false",
        "runc version 1.3.2, runc, true",
        "runc version 1.3.3, runc, false",
        "runc version 1.4.0-rc.2, runc, true",
        "runc version 1.4.0-rc.3, runc, false",
        "runc version 1.4.0, runc, false",
        "runc version 2.0.0, runc, false",
        "crun version 1.8.1, crun, true",
        "crun version 1.28, crun, false",
        "conmon version 2.1.6, conmon, false",
        "youki version 0.3.3, youki, false",
        "runsc 20240101.0, runsc, false"
    })
    void a_version_is_read_and_judged(String line, String name, boolean vulnerable) {
        RuntimeVersion version = RuntimeVersion.parse(line + "\ncommit: x\n").orElseThrow();
        assertEquals(name, version.name());
        assertEquals(vulnerable, version.knownVulnerable().isPresent());
    }

    @ParameterizedTest
    @CsvSource({"''", "hello", "1.2.3", "runc version x"})
    void anything_else_is_no_version(String line) {
        assertEquals(java.util.Optional.empty(), RuntimeVersion.parse(line));
    }
}

package io.davit.shim.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.davit.api.errors.DavitException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Map;

/** Which times may be configured. */
class ConfigurationTest {
    @Test
    void nothing_configured_means_the_defaults() {
        assertEquals(Timeouts.DEFAULTS, Timeouts.of(Manager.config(Map.of())));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, 86_400_001, Long.MAX_VALUE})
    void a_time_that_is_not_positive_or_longer_than_a_day_is_refused(long millis) {
        for (String key :
                new String[] {
                    "drain.timeout.millis",
                    "swap.window.millis",
                    "start.timeout.millis",
                    "attach.timeout.millis",
                    "cleanup.timeout.millis"
                }) {
            assertThrows(
                    DavitException.class, () -> Timeouts.of(Manager.config(Map.of(key, millis))));
        }
    }

    @Test
    void a_bad_change_keeps_the_last_good_values() {
        try (Manager manager = new Manager()) {
            manager.component.modified(Manager.config(Map.of("drain.timeout.millis", 7L)));
            manager.component.modified(Manager.config(Map.of("drain.timeout.millis", -1L)));
            assertEquals(Duration.ofMillis(7), manager.component.timeouts().drain());
        }
    }
}

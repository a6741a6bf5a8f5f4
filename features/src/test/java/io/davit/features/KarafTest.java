package io.davit.features;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import java.nio.file.Path;
import java.util.List;

/** The features in a Karaf that is started for them. */
@EnabledForJreRange(max = JRE.JAVA_21, disabledReason = "this Karaf does not start on newer ones")
class KarafTest {
    @Test
    void a_task_runs_in_karaf_from_the_features_alone() throws Exception {
        Path home = Path.of(System.getProperty("karaf.home"));
        Path repository = Path.of(System.getProperty("davit.repository"));
        try (Karaf karaf = Karaf.start(home, repository)) {
            karaf.awaitReady();
            karaf.run("feature:repo-add file:" + System.getProperty("davit.features"));
            karaf.run("feature:install davit");
            int before = karaf.log().length();
            String found =
                    karaf.run(
                            "feature:install davit-wasm",
                            "feature:install davit-shell",
                            "feature:install davit-linux",
                            "feature:list -i");
            for (String each : List.of("davit", "davit-wasm", "davit-shell", "davit-linux")) {
                assertTrue(found.contains("\n" + each + " "), found);
            }
            String log = karaf.log().substring(before);
            assertFalse(log.contains("being refreshed"), log);
            String said =
                    karaf.run("davit:run " + System.getProperty("davit.module") + " Ada exit=7");
            assertTrue(said.contains("argument 1: Ada"), said);
            assertTrue(said.contains("status 7"), said);
        }
    }
}

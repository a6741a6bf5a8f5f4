package io.davit.features;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import java.nio.file.Path;

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
            install(karaf, "davit");
            for (String other : new String[] {"davit-wasm", "davit-shell", "davit-linux"}) {
                String log = install(karaf, other);
                assertFalse(log.contains("being refreshed"), () -> other + " refreshes: " + log);
            }
            String said =
                    karaf.run("davit:run " + System.getProperty("davit.module") + " Ada exit=7");
            assertTrue(said.contains("argument 1: Ada"), said);
            assertTrue(said.contains("status 7"), said);
        }
    }

    /** Installs a feature and returns what Karaf logged about it. */
    private static String install(Karaf karaf, String feature) throws Exception {
        int before = karaf.log().length();
        karaf.run("feature:install " + feature);
        String found = karaf.run("feature:list -i");
        assertTrue(found.contains("\n" + feature + " "), found);
        return karaf.log().substring(before);
    }
}

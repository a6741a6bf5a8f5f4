package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

/** Warming up leaves nothing behind but a module in the cache. */
class WarmUpTest {
    @TempDir Path directory;

    @Test
    @Timeout(30)
    void the_engine_is_loaded_in_the_background() throws IOException, InterruptedException {
        try (Sandbox sandbox = new Sandbox(directory)) {
            Engine engine = sandbox.runtime().engine();
            new WarmUp(engine).start();
            while (engine.modules().usage().get("modules") == 0 || engine.budget().taken() > 0) {
                Thread.sleep(1);
            }
            assertEquals(1L, engine.modules().usage().get("modules"));
        }
    }
}

package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.file.Path;

/** As {@link ConformanceTest}, on a platform that cannot work relative to open directories. */
class CheckedConformanceTest extends ConformanceTest {
    @Override
    Sandbox sandbox(Path base) throws IOException {
        return new Sandbox(base, new TestConfig(), false);
    }
}

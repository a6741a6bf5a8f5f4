package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.file.Path;

/** As {@link OverlayTest}, on a platform that cannot work relative to open directories. */
class CheckedOverlayTest extends OverlayTest {
    @Override
    Sandbox sandbox(Path base) throws IOException {
        return new Sandbox(base, new TestConfig(), false);
    }
}

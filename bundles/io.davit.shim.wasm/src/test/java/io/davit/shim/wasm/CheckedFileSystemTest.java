package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.file.Path;

/** As {@link FileSystemTest}, on a platform that cannot work relative to open directories. */
class CheckedFileSystemTest extends FileSystemTest {
    @Override
    Sandbox sandbox(Path base) throws IOException {
        return new Sandbox(base, new TestConfig(), false);
    }
}

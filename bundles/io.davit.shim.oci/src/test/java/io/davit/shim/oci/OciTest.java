package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What tests with real runtimes share. */
@Timeout(120)
abstract class OciTest {
    static final String INIT = ShimInstance.INIT;
    static final Duration LONG = TestHost.LONG;

    TestHost host;

    @BeforeEach
    void open() throws Exception {
        host = new TestHost();
    }

    @AfterEach
    void close() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    static void assertKind(Kind kind, Executable call) {
        DavitException e = assertThrows(DavitException.class, call);
        assertEquals(kind, e.kind(), e.getMessage());
    }

    /** Waits for something that others do. */
    static void until(String what, BooleanSupplier done) throws InterruptedException {
        long end = System.nanoTime() + LONG.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never happened: " + what);
            }
            Thread.sleep(5);
        }
    }
}

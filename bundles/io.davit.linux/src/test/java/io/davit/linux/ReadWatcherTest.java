package io.davit.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Watching many pipes with one thread. */
@Timeout(30)
class ReadWatcherTest {
    private final Semaphore told = new Semaphore(0);
    private ReadWatcher watcher;
    private Pipe pipe;

    @BeforeEach
    void open() throws LinuxException {
        watcher = ReadWatcher.start("davit-test-watcher");
        pipe = Pipe.open();
    }

    @AfterEach
    void close() {
        watcher.close();
        pipe.close();
    }

    @Test
    void it_tells_once_and_again_when_it_is_armed_again() throws Exception {
        ReadWatcher.Watch watch = watcher.watch(pipe.read(), told::release);
        assertFalse(told.tryAcquire());
        pipe.write().write(new byte[] {1, 2});
        told.acquire();
        pipe.write().write(new byte[] {3});
        watch.rearm();
        told.acquire();
        assertEquals(3, pipe.read().read(new byte[10]));
        assertFalse(told.tryAcquire());
    }

    @Test
    void it_tells_that_the_other_side_has_gone() throws Exception {
        watcher.watch(pipe.read(), told::release);
        pipe.write().close();
        told.acquire();
        assertEquals(0, pipe.read().read(new byte[10]));
    }

    @Test
    void a_closed_watch_tells_nothing_more() throws Exception {
        ReadWatcher.Watch watch = watcher.watch(pipe.read(), told::release);
        watch.close();
        watch.close();
        pipe.write().write(new byte[] {1});
        watch.rearm();
        try (Pipe other = Pipe.open()) {
            watcher.watch(other.read(), () -> told.release(10));
            other.write().write(new byte[] {1});
            assertTrue(told.tryAcquire(10, 20, TimeUnit.SECONDS));
            assertEquals(0, told.availablePermits());
        }
    }

    @Test
    void a_callback_that_fails_does_not_stop_the_others() throws Exception {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> told.release());
        try (Pipe other = Pipe.open()) {
            watcher.watch(
                    pipe.read(),
                    () -> {
                        throw new IllegalStateException("expected in this test");
                    });
            watcher.watch(other.read(), told::release);
            pipe.write().write(new byte[] {1});
            told.acquire();
            other.write().write(new byte[] {1});
            told.acquire();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }
}

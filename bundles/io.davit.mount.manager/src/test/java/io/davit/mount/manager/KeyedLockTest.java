package io.davit.mount.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Waiting for a lock of a key, and not waiting for oneself. */
@Timeout(30)
class KeyedLockTest {
    private final KeyedLock<String> locks = new KeyedLock<>();

    private Kind kindOf(Duration within) {
        return assertThrows(
                        DavitException.class,
                        () -> locks.locked("a", "a", within, () -> "not reached"))
                .kind();
    }

    @Test
    void a_thread_that_would_wait_for_itself_is_told_so() {
        Kind kind = locks.locked("a", "a", Duration.ofSeconds(9), () -> kindOf(Duration.ofDays(1)));
        assertEquals(Kind.FAILED_PRECONDITION, kind);
    }

    @Test
    void another_key_is_not_waited_for() {
        assertEquals(
                "b",
                locks.locked(
                        "a",
                        "a",
                        Duration.ofSeconds(9),
                        () -> locks.locked("b", "b", Duration.ofSeconds(9), () -> "b")));
    }

    @Test
    void a_wait_ends_in_time_or_with_an_interrupt_and_the_lock_is_free_afterwards()
            throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Thread holder =
                new Thread(
                        () ->
                                locks.locked(
                                        "a",
                                        "a",
                                        Duration.ofSeconds(9),
                                        () -> {
                                            held.countDown();
                                            return await(release);
                                        }));
        holder.start();
        held.await();
        assertEquals(Kind.DEADLINE_EXCEEDED, kindOf(Duration.ofMillis(1)));
        assertFalse(locks.tryLocked("a", () -> {}));
        Thread.currentThread().interrupt();
        assertEquals(Kind.CANCELLED, kindOf(Duration.ofDays(1)));
        assertTrue(Thread.interrupted());
        release.countDown();
        holder.join();
        assertTrue(locks.tryLocked("a", () -> {}));
    }

    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Test
    void work_that_throws_releases_the_lock() {
        assertThrows(
                IllegalStateException.class,
                () ->
                        locks.locked(
                                "a",
                                "a",
                                Duration.ofSeconds(9),
                                () -> {
                                    throw new IllegalStateException();
                                }));
        assertTrue(locks.tryLocked("a", () -> {}));
    }
}

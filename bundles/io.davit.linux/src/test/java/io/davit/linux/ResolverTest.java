package io.davit.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicInteger;

/** Repetition of openat2, with a fake kernel. */
class ResolverTest {
    private final AtomicInteger calls = new AtomicInteger();

    private Resolver racing(int times, int then) {
        return new Resolver(
                (dir, path, how) ->
                        calls.incrementAndGet() <= times ? -Errno.EAGAIN.number() : then);
    }

    @Test
    void a_race_with_a_rename_is_tried_again() throws LinuxException {
        assertEquals(77, racing(15, 77).open(3, "a", 0, 0, Resolve.BENEATH));
        assertEquals(16, calls.get());
    }

    @Test
    void a_race_that_does_not_end_is_an_error() {
        LinuxException e =
                assertThrows(
                        LinuxException.class,
                        () -> racing(100, 77).open(3, "a", 0, 0, Resolve.BENEATH));
        assertEquals(Errno.EAGAIN, e.errno());
        assertEquals(16, calls.get());
    }
}

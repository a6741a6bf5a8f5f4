package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.task.TaskProcess;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What becomes of a process whose caller leaves. */
class SharedProcessTest {
    private final List<String> calls = new ArrayList<>();

    /** A process that no signal but KILL ends. */
    private TaskProcess stubborn() {
        return (TaskProcess)
                Proxy.newProxyInstance(
                        TaskProcess.class.getClassLoader(),
                        new Class<?>[] {TaskProcess.class},
                        (proxy, method, args) -> {
                            assertTrue(!Thread.currentThread().isInterrupted());
                            boolean kill = method.getName().equals("kill");
                            calls.add(kill ? args[0].toString() : method.getName());
                            return kill ? null : Optional.empty();
                        });
    }

    @Test
    void a_caller_that_is_interrupted_leaves_no_process_behind() {
        SharedProcess shared = new SharedProcess();
        shared.started(stubborn());
        Thread.currentThread().interrupt();
        shared.leave();
        assertTrue(Thread.interrupted());
        assertEquals(List.of("SIGTERM", "await", "SIGKILL"), calls);
    }

    @Test
    void a_caller_that_waited_for_the_end_signals_nobody() {
        SharedProcess shared = new SharedProcess();
        shared.started(stubborn());
        shared.leave();
        assertEquals(List.of(), calls);
    }
}

package io.davit.testkit;

import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Signal;
import io.davit.api.task.TaskState;
import io.davit.spi.shim.ShimInstance;

/** One task of a contract test: its shim and what was told of it. */
record ContractTask(ShimInstance shim, ToldExits told) {
    /** Waits for a process to end. */
    Exit await(String execId) {
        return shim.await(execId, ShimPluginBench.LONG)
                .orElseThrow(() -> new AssertionError("does not end: exec=" + execId));
    }

    TaskState state() {
        return shim.status(ShimTask.INIT, ShimPluginBench.LONG).state();
    }

    /** Kills everything, waits for the end and deletes the task. */
    Exit end() {
        shim.kill(ShimTask.INIT, Signal.KILL, KillScope.ALL, ShimPluginBench.LONG);
        await(ShimTask.INIT);
        return shim.delete(ShimTask.INIT, ShimPluginBench.LONG);
    }
}

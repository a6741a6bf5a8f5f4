package io.davit.shim.wasm;

/** What all tasks of a plugin share. */
record Engine(
        GuestHost host,
        CpuTimes cpuTimes,
        ModuleCache modules,
        ProgramLoader loader,
        MemoryBudget budget,
        VolumeFactory volumes,
        CpuQueue cpu,
        GuestPool pool,
        Pids pids,
        long memoryBytes) {}

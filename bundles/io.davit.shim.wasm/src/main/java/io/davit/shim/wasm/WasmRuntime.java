package io.davit.shim.wasm;

/** The parts of the plugin, made from its configuration, and their end. */
final class WasmRuntime implements AutoCloseable {
    private static final int PARSERS = 2;

    private final Engine engine;
    private final CodeCompiler compiler;
    private final int mostTasks;

    private WasmRuntime(Engine engine, CodeCompiler compiler, int mostTasks) {
        this.engine = engine;
        this.compiler = compiler;
        this.mostTasks = mostTasks;
    }

    static WasmRuntime of(WasmShimPlugin.Config config) {
        return of(config, true);
    }

    /**
     * As {@link #of(WasmShimPlugin.Config)}; without the platform's directory descriptors if asked.
     */
    static WasmRuntime of(WasmShimPlugin.Config config, boolean descriptors) {
        WasmSettings settings = WasmSettings.of(config);
        WasmSettings.Code code = settings.code();
        MemoryBudget budget = new MemoryBudget(settings.memory().all());
        CodeStore store = new CodeStore(code.cache(), code.disk());
        CodeCompiler compiler = new CodeCompiler(store);
        ModuleCache modules =
                new ModuleCache(
                        new ModuleParser(code.parseMillis(), PARSERS),
                        store,
                        compiler,
                        code.parsed(),
                        code.compileMillis());
        Engine engine =
                new Engine(
                        new GuestHost(settings.clockNanos()),
                        new CpuTimes(),
                        modules,
                        new ProgramLoader(modules),
                        budget,
                        new VolumeFactory(
                                budget,
                                settings.tmpfs().bytes(),
                                settings.tmpfs().files(),
                                descriptors),
                        new CpuQueue(settings.computing()),
                        new GuestPool(2 * settings.tasks(), settings.stack()),
                        new Pids(),
                        settings.memory().each());
        return new WasmRuntime(engine, compiler, settings.tasks());
    }

    Engine engine() {
        return engine;
    }

    /** How many tasks of the plugin there may be at once. */
    int mostTasks() {
        return mostTasks;
    }

    @Override
    public void close() {
        engine.pool().close();
        compiler.close();
    }
}

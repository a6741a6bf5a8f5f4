package io.davit.shim.wasm;

import java.nio.file.Path;

/** The parts of the plugin, made from its configuration, and their end. */
final class WasmRuntime implements AutoCloseable {
    private static final int PARSERS = 2;

    private final Engine engine;
    private final CodeCompiler compiler;

    private WasmRuntime(Engine engine, CodeCompiler compiler) {
        this.engine = engine;
        this.compiler = compiler;
    }

    static WasmRuntime of(WasmShimPlugin.Config config) {
        return of(config, true);
    }

    /**
     * As {@link #of(WasmShimPlugin.Config)}; without the platform's directory descriptors if asked.
     */
    static WasmRuntime of(WasmShimPlugin.Config config, boolean descriptors) {
        long total = config.memory_total_bytes();
        MemoryBudget budget =
                new MemoryBudget(total > 0 ? total : Runtime.getRuntime().maxMemory() / 2);
        CodeStore store =
                new CodeStore(cacheDir(config.cache_dir()), config.cache_disk_max_bytes());
        CodeCompiler compiler = new CodeCompiler(store);
        ModuleCache modules =
                new ModuleCache(
                        new ModuleParser(config.parse_timeout_millis(), PARSERS),
                        store,
                        compiler,
                        config.cache_memory_max_bytes(),
                        config.compile_delay_millis());
        int computing = config.cpu_max();
        int processors = Runtime.getRuntime().availableProcessors();
        Engine engine =
                new Engine(
                        new GuestHost(config.clock_resolution_nanos()),
                        new CpuTimes(),
                        modules,
                        new ProgramLoader(modules),
                        budget,
                        new VolumeFactory(
                                budget,
                                config.tmpfs_max_bytes(),
                                config.tmpfs_max_files(),
                                descriptors),
                        new CpuQueue(computing > 0 ? computing : 2 * processors),
                        new GuestPool(2 * config.tasks_max(), config.stack_bytes()),
                        new Pids(),
                        config.memory_default_bytes());
        return new WasmRuntime(engine, compiler);
    }

    /** The directory that is configured, or one below the user's cache directory. */
    private static Path cacheDir(String configured) {
        if (!configured.isEmpty()) {
            return Path.of(configured);
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        return cache != null && cache.startsWith("/")
                ? Path.of(cache, "davit", "wasm")
                : Path.of(System.getProperty("user.home"), ".cache", "davit", "wasm");
    }

    Engine engine() {
        return engine;
    }

    @Override
    public void close() {
        engine.pool().close();
        compiler.close();
    }
}

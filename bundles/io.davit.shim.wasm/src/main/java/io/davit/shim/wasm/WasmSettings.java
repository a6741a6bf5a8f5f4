package io.davit.shim.wasm;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The configuration, with every value that makes no sense replaced by its default.
 *
 * @param memory limits of memory, in bytes
 * @param code about the cache of code
 * @param tmpfs limits of a tmpfs
 * @param tasks most tasks at once
 * @param computing most processes that compute at once
 * @param stack bytes of a process's stack
 * @param clockNanos by how much clocks of guests advance
 */
record WasmSettings(
        Memory memory,
        Code code,
        Tmpfs tmpfs,
        int tasks,
        int computing,
        long stack,
        long clockNanos) {
    private static final Logger LOG = LoggerFactory.getLogger(WasmSettings.class);
    private static final long ANY = Long.MAX_VALUE;
    private static final int MOST_TASKS = 1_000_000;
    private static final int MOST_FILES = 1 << 30;
    private static final long SECOND = 1_000_000_000;
    private static final long PAGE = 65_536;

    /** The cap of one process unless its specification has one, and of all together. */
    record Memory(long each, long all) {}

    /** Where compiled code is kept, how much of it and of modules, and two times. */
    record Code(Path cache, long disk, long parsed, long parseMillis, long compileMillis) {}

    /** The most a tmpfs holds. */
    record Tmpfs(long bytes, int files) {}

    static WasmSettings of(WasmShimPlugin.Config config) {
        long total = from("memory.total.bytes", config.memory_total_bytes(), 0, ANY, 0);
        int cpus = (int) from("cpu.max", config.cpu_max(), 0, MOST_TASKS, 0);
        return new WasmSettings(
                new Memory(
                        from(
                                "memory.default.bytes",
                                config.memory_default_bytes(),
                                PAGE,
                                ANY,
                                64L << 20),
                        total > 0 ? total : Runtime.getRuntime().maxMemory() / 2),
                code(config),
                new Tmpfs(
                        from("tmpfs.max.bytes", config.tmpfs_max_bytes(), 1, ANY, 64L << 20),
                        (int)
                                from(
                                        "tmpfs.max.files",
                                        config.tmpfs_max_files(),
                                        1,
                                        MOST_FILES,
                                        65_536)),
                (int) from("tasks.max", config.tasks_max(), 1, MOST_TASKS, 10_000),
                cpus > 0 ? cpus : 2 * Runtime.getRuntime().availableProcessors(),
                from("stack.bytes", config.stack_bytes(), 256L << 10, 1L << 30, 8L << 20),
                from("clock.resolution.nanos", config.clock_resolution_nanos(), 1, SECOND, 1));
    }

    private static Code code(WasmShimPlugin.Config config) {
        return new Code(
                cacheDir(config.cache_dir()),
                from("cache.disk.max.bytes", config.cache_disk_max_bytes(), 0, ANY, 512L << 20),
                from("cache.memory.max.bytes", config.cache_memory_max_bytes(), 0, ANY, 64L << 20),
                from("parse.timeout.millis", config.parse_timeout_millis(), 1, ANY, 60_000),
                from("compile.delay.millis", config.compile_delay_millis(), 0, ANY, 50));
    }

    /** A configured number, or what is used instead of one that makes no sense. */
    private static long from(String key, long value, long least, long most, long otherwise) {
        if (value >= least && value <= most) {
            return value;
        }
        LOG.warn(
                "configured value is out of range: key={} value={} used={}", key, value, otherwise);
        return otherwise;
    }

    /** The directory that is configured, or one below the user's cache directory. */
    private static Path cacheDir(String configured) {
        try {
            Path path = Path.of(configured);
            if (path.isAbsolute() && path.getNameCount() > 0) {
                return path;
            }
        } catch (InvalidPathException e) {
            LOG.warn("configured value is no path: key=cache.dir", e);
        }
        if (!configured.isEmpty()) {
            LOG.warn("configured value is no absolute path, not used: key=cache.dir");
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        return cache != null && cache.startsWith("/")
                ? Path.of(cache, "davit", "wasm")
                : Path.of(System.getProperty("user.home"), ".cache", "davit", "wasm");
    }
}

package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Exit;
import io.davit.api.task.TaskId;
import io.davit.spi.shim.RuntimeInfo;
import io.davit.spi.shim.ShimBounded;
import io.davit.spi.shim.ShimContext;
import io.davit.spi.shim.ShimInJvm;
import io.davit.spi.shim.ShimInstance;
import io.davit.spi.shim.ShimMounts;
import io.davit.spi.shim.ShimPlugin;
import io.davit.spi.shim.ShimRuntime;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Serves {@code io.davit.wasm.v1}: WebAssembly programs in this JVM. */
@Component(name = "io.davit.shim.wasm", service = ShimPlugin.class, immediate = true)
@Designate(ocd = WasmShimPlugin.Config.class)
@ShimRuntime(WasmShimPlugin.RUNTIME)
@ShimMounts({"bind", "overlay", "tmpfs"})
@ShimInJvm
@ShimBounded
public final class WasmShimPlugin implements ShimPlugin {
    static final String RUNTIME = "io.davit.wasm.v1";

    private static final Set<String> MOUNTS = Set.of("bind", "overlay", "tmpfs");

    /** What can be configured. */
    @ObjectClassDefinition(name = "Davit WebAssembly plugin")
    public @interface Config {
        /**
         * Where compiled code is kept.
         *
         * @return a directory of ours alone; empty for the user's cache directory
         */
        @AttributeDefinition(description = "directory of compiled code; empty: the user's cache")
        String cache_dir() default "";

        /**
         * How much compiled code is kept.
         *
         * @return bytes
         */
        @AttributeDefinition(description = "most bytes of compiled code on disk")
        long cache_disk_max_bytes() default 512L << 20;

        /**
         * How much is kept of modules that do not run.
         *
         * @return bytes of modules
         */
        @AttributeDefinition(description = "most bytes of modules kept parsed in memory")
        long cache_memory_max_bytes() default 64L << 20;

        /**
         * How long a program runs before it is compiled.
         *
         * @return milliseconds
         */
        @AttributeDefinition(description = "milliseconds a program runs before it is compiled")
        long compile_delay_millis() default 50;

        /**
         * How long parsing may take.
         *
         * @return milliseconds
         */
        @AttributeDefinition(description = "milliseconds that parsing a module may take")
        long parse_timeout_millis() default 60_000;

        /**
         * The cap of a process's memory unless its specification gives one.
         *
         * @return bytes
         */
        @AttributeDefinition(description = "bytes of memory of a process unless it says otherwise")
        long memory_default_bytes() default 64L << 20;

        /**
         * How much memory all guests may have together.
         *
         * @return bytes; 0 for half of the heap
         */
        @AttributeDefinition(description = "bytes of memory of all processes; 0: half of the heap")
        long memory_total_bytes() default 0;

        /**
         * How many tasks there may be.
         *
         * @return a number
         */
        @AttributeDefinition(description = "most tasks at once")
        int tasks_max() default 10_000;

        /**
         * How many guests may compute at once.
         *
         * @return a number; 0 for two a processor
         */
        @AttributeDefinition(description = "most processes that compute at once; 0: 2 a processor")
        int cpu_max() default 0;

        /**
         * The stack of each guest's thread.
         *
         * @return bytes
         */
        @AttributeDefinition(description = "bytes of stack of a process")
        long stack_bytes() default 8L << 20;

        /**
         * How exact a guest's clocks are.
         *
         * @return nanoseconds
         */
        @AttributeDefinition(description = "nanoseconds by which clocks of guests advance")
        long clock_resolution_nanos() default 1;

        /**
         * The size of a tmpfs unless its options say less.
         *
         * @return bytes
         */
        @AttributeDefinition(description = "most bytes of a tmpfs")
        long tmpfs_max_bytes() default 64L << 20;

        /**
         * How many files a tmpfs may hold.
         *
         * @return a number
         */
        @AttributeDefinition(description = "most files of a tmpfs")
        int tmpfs_max_files() default 65_536;
    }

    private final Runtimes runtimes;
    private final Map<TaskId, WasmShim> shims = new ConcurrentHashMap<>();

    /** Makes the parts as they are configured. */
    @Activate
    public WasmShimPlugin(Config config) {
        runtimes = new Runtimes(WasmRuntime.of(config));
    }

    /** Begins to load what the first task will need. */
    @Activate
    void start() {
        new WarmUp(runtimes.current().engine()).start();
    }

    /** Gives new tasks what is configured now; those that are there keep what they have. */
    @Modified
    void configure(Config config) {
        runtimes.replace(WasmRuntime.of(config));
    }

    /** Ends what was not released. */
    @Deactivate
    void close() {
        shims.values().forEach(shim -> shim.release(true, Duration.ofSeconds(1)));
        shims.clear();
        runtimes.close();
    }

    @Override
    public RuntimeInfo info(String name, Duration within) throws DavitException {
        return new RuntimeInfo(
                MOUNTS,
                Set.of("pause", "exec"),
                Map.of(
                        "engine", "Endive 1.0.0, interpreter and compiler",
                        "interface", WasiFunction.MODULE,
                        "isolation", "in the JVM: for code that may be wrong but is not hostile"));
    }

    @Override
    public ShimInstance start(ShimContext context, Duration within) throws DavitException {
        TaskId id = context.bundle().id();
        if (context.options().isPresent()) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "runtime takes no options: runtime="
                            + RUNTIME
                            + " type="
                            + context.options().get().typeUrl());
        }
        WasmRuntime runtime = runtimes.take();
        WasmShim made = new WasmShim(context, runtime.engine(), gone -> forget(id, gone, runtime));
        try {
            add(id, made, runtime.mostTasks());
        } catch (DavitException e) {
            runtimes.giveBack(runtime);
            throw e;
        }
        return made;
    }

    private void add(TaskId id, WasmShim made, int most) throws DavitException {
        if (shims.size() >= most) {
            throw new DavitException(Kind.RESOURCE_EXHAUSTED, "too many wasm tasks: most=" + most);
        }
        if (shims.putIfAbsent(id, made) != null) {
            throw new DavitException(Kind.ALREADY_EXISTS, "shim of this task lives: task=" + id);
        }
    }

    private void forget(TaskId id, WasmShim gone, WasmRuntime runtime) {
        if (shims.remove(id, gone)) {
            runtimes.giveBack(runtime);
        }
    }

    @Override
    public ShimInstance recover(ShimContext context, Duration within) throws DavitException {
        WasmShim found = shims.get(context.bundle().id());
        if (found == null) {
            throw new DavitException(
                    Kind.NOT_FOUND,
                    "the task ended with the JVM it was in: task=" + context.bundle().id());
        }
        found.rebind(context);
        return found;
    }

    @Override
    public Optional<Exit> cleanUp(ShimContext context, Duration within) throws DavitException {
        WasmShim found = shims.get(context.bundle().id());
        if (found == null) {
            return Optional.empty();
        }
        Optional<Exit> exit = found.exit();
        found.close(within);
        return exit;
    }
}

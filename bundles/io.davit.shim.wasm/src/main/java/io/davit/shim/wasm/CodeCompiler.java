package io.davit.shim.wasm;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.internal.ByteClassCollector;
import run.endive.compiler.internal.ClassCollector;
import run.endive.compiler.internal.Compiler;
import run.endive.compiler.internal.CompilerResult;
import run.endive.runtime.WasmInterruptedException;
import run.endive.wasm.WasmModule;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Compiles modules in the background: small ones on one thread of low priority, large ones on
 * another, so that nobody waits for those. The threads end when there is nothing to do.
 */
final class CodeCompiler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CodeCompiler.class);
    private static final int LARGE_BYTES = 2 << 20;

    /** Few enough that a compilation that is not wanted any more ends soon. */
    private static final int FUNCTIONS_PER_CLASS = 512;

    private static final long IDLE_SECONDS = 5;
    private static final long CLOSE_MILLIS = 500;

    private final CodeStore store;
    private final ScheduledThreadPoolExecutor small = executor("davit-wasm-compile");
    private final ScheduledThreadPoolExecutor large = executor("davit-wasm-compile-large");
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean closed;

    CodeCompiler(CodeStore store) {
        this.store = store;
    }

    private static ScheduledThreadPoolExecutor executor(String name) {
        ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(
                        1,
                        work -> {
                            Thread thread = new Thread(work, name);
                            thread.setDaemon(true);
                            thread.setPriority(Thread.MIN_PRIORITY);
                            return thread;
                        });
        executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        executor.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        return executor;
    }

    /** Compiles a program after a while, if it is worth it then. */
    void compileLater(WasmProgram program, long delayMillis) {
        (program.weight() > LARGE_BYTES ? large : small)
                .schedule(() -> compileOnce(program), delayMillis, TimeUnit.MILLISECONDS);
    }

    // A program that cannot be compiled is interpreted, whatever the reason.
    @SuppressWarnings("checkstyle:IllegalCatch")
    private void compileOnce(WasmProgram program) {
        byte[] essential = program.essential();
        if (!program.claimCompilation()) {
            return;
        }
        running.incrementAndGet();
        long start = System.nanoTime();
        try {
            CompiledCode code = compile(program);
            WasmModule lean = lean(essential, code);
            store.save(program.digest(), code);
            program.setCompiled(new WasmProgram.Form(lean, code));
            LOG.debug(
                    "compiled: module={} millis={} interpreted={}",
                    program.digest(),
                    (System.nanoTime() - start) / 1_000_000,
                    code.interpreted().size());
        } catch (WasmInterruptedException e) {
            program.releaseCompilation();
            LOG.debug("compilation given up: module={}", program.digest());
        } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
            LOG.warn("cannot compile, going on interpreted: module={}", program.digest(), e);
        } finally {
            running.decrementAndGet();
        }
    }

    /** How many modules are being compiled. */
    int running() {
        return running.get();
    }

    private CompiledCode compile(WasmProgram program) throws ClassNotFoundException {
        CompilerResult result =
                Compiler.builder(program.form().module())
                        .withClassCollectorFactory(() -> new Stoppable(program))
                        .withInterpreterFallback(InterpreterFallback.SILENT)
                        .withMaxFunctionsPerClass(FUNCTIONS_PER_CLASS)
                        .build()
                        .compile();
        Map<String, byte[]> classes = new HashMap<>();
        result.classBytes().forEach((name, file) -> classes.put(name.replace('/', '.'), file));
        CompiledCode code =
                new CompiledCode(
                        result.collector().mainClassName(),
                        classes,
                        result.interpretedFunctions(),
                        program.imports().size());
        code.verify();
        return code;
    }

    /** The module as instances of compiled code need it. */
    static WasmModule lean(byte[] essential, CompiledCode code) {
        Set<Integer> kept = new HashSet<>();
        for (int each : code.interpreted()) {
            kept.add(each - code.imports());
        }
        return ModuleParser.parseHere(new WasmBinary(essential).lean(kept), false);
    }

    @Override
    public void close() {
        closed = true;
        small.shutdownNow();
        large.shutdownNow();
        try {
            small.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
            large.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Collects classes until nobody wants them any more. */
    private final class Stoppable implements ClassCollector {
        private final WasmProgram program;
        private final ByteClassCollector classes = new ByteClassCollector();

        Stoppable(WasmProgram program) {
            this.program = program;
        }

        private void check() {
            if (closed || !program.isWorthCompiling()) {
                throw new WasmInterruptedException("closed");
            }
        }

        @Override
        public String mainClassName() {
            return classes.mainClassName();
        }

        @Override
        public void putMainClass(String name, byte[] file) {
            check();
            classes.putMainClass(name, file);
        }

        @Override
        public void put(String name, byte[] file) {
            check();
            classes.put(name, file);
        }

        @Override
        public void putAll(ClassCollector others) {
            check();
            classes.putAll(others);
        }

        @Override
        public Map<String, byte[]> classBytes() {
            return classes.classBytes();
        }

        @Override
        public byte[] resolve(Class<?> type) {
            return classes.resolve(type);
        }
    }
}

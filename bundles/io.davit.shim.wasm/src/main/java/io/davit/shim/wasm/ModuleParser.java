package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;

import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Parses and validates modules, each on a thread of its own with a stack of a known size, because a
 * module is foreign input. Not more than a few at once.
 */
final class ModuleParser {
    private static final long STACK_BYTES = 1 << 20;

    private final long mostMillis;
    private final Semaphore places;

    ModuleParser(long mostMillis, int atOnce) {
        this.mostMillis = mostMillis;
        this.places = new Semaphore(atOnce);
    }

    /**
     * Parses and validates a module.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if it is malformed or invalid; {@code
     *     DEADLINE_EXCEEDED} if that was not clear in time; {@code CANCELLED} if interrupted
     */
    WasmModule parse(byte[] module, Duration within) throws DavitException {
        long nanos = Math.min(within.toNanos(), TimeUnit.MILLISECONDS.toNanos(mostMillis));
        try {
            if (!places.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                throw late();
            }
            FutureTask<WasmModule> task = new FutureTask<>(() -> parseHere(module, true));
            Thread thread = new Thread(null, () -> work(task), "davit-wasm-parse", STACK_BYTES);
            thread.setDaemon(true);
            thread.start();
            return task.get(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(Kind.CANCELLED, "interrupted while parsing a wasm module", e);
        } catch (TimeoutException e) {
            throw late();
        } catch (ExecutionException e) {
            throw refused(e.getCause());
        }
    }

    private void work(FutureTask<WasmModule> task) {
        try {
            task.run();
        } finally {
            places.release();
        }
    }

    private static DavitException late() {
        return new DavitException(
                Kind.DEADLINE_EXCEEDED, "parsing the wasm module takes longer than allowed");
    }

    private static DavitException refused(Throwable cause) {
        if (cause instanceof DavitException e) {
            return e;
        }
        if (cause instanceof OutOfMemoryError) {
            return new DavitException(
                    Kind.RESOURCE_EXHAUSTED, "wasm module needs more memory than there is", cause);
        }
        String why = cause instanceof StackOverflowError ? "nested too deeply" : cause.getMessage();
        return new DavitException(
                Kind.INVALID_ARGUMENT,
                "wasm module is malformed or invalid: " + cut(String.valueOf(why)),
                cause);
    }

    private static String cut(String text) {
        return text.length() > 200 ? text.substring(0, 200) : text;
    }

    /** Parses on the caller's thread what is known to be well formed, or is about to be caught. */
    static WasmModule parseHere(byte[] module, boolean validate) {
        return Parser.builder()
                .withValidation(validate)
                .withCustomParsers(Map.of())
                .build()
                .parse(() -> new ByteArrayInputStream(module));
    }
}

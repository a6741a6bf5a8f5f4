package io.davit.shim.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Exit;
import io.davit.api.task.Stdio;
import io.davit.spi.shim.RuntimeInfo;
import io.davit.spi.shim.ShimContext;
import io.davit.spi.shim.ShimInstance;
import io.davit.spi.shim.ShimPlugin;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A plugin loaded by a class loader of its own, which leaves objects of its own wherever it can.
 */
public final class SwappedPlugin implements ShimPlugin {
    private static final ThreadLocal<Object> LEFT = new ThreadLocal<>();

    /** An exception that only this plugin knows. */
    private static final class Own extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Object own = new Object() {};

        Object own() {
            return own;
        }
    }

    @Override
    public RuntimeInfo info(String runtime, Duration within) {
        LEFT.set(new Object() {});
        return new RuntimeInfo(Set.of("own"), Set.of(), Map.of());
    }

    @Override
    public ShimInstance start(ShimContext context, Duration within) {
        LEFT.set(new Object() {});
        InvocationHandler handler =
                (proxy, method, args) ->
                        switch (method.getName()) {
                            case "create", "start" -> 7L;
                            case "attach" -> attachment();
                            case "metrics" -> throw new Own();
                            case "update" ->
                                    throw new DavitException(
                                            Kind.NOT_IMPLEMENTED, "own", new Own());
                            case "processes" -> List.of();
                            case "exec" -> {
                                context.exited("e1", Exit.of(8, 0, Instant.now()));
                                yield null;
                            }
                            default -> null;
                        };
        return (ShimInstance)
                Proxy.newProxyInstance(
                        SwappedPlugin.class.getClassLoader(),
                        new Class<?>[] {ShimInstance.class},
                        handler);
    }

    private static AutoCloseable attachment() {
        return new AutoCloseable() {
            @Override
            public void close() {
                LEFT.remove();
            }

            @Override
            public String toString() {
                return "own " + Stdio.NONE;
            }
        };
    }

    @Override
    public ShimInstance recover(ShimContext context, Duration within) throws DavitException {
        return start(context, within);
    }

    @Override
    public Optional<Exit> cleanUp(ShimContext context, Duration within) {
        return Optional.empty();
    }
}

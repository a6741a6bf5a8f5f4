package io.davit.shim.wasm;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;

/** A configuration: the defaults but for what a test says. */
final class TestConfig {
    private final Map<String, Object> values = new HashMap<>();

    TestConfig with(String name, Object value) {
        values.put(name, value);
        return this;
    }

    WasmShimPlugin.Config make() {
        Map<String, Object> given = Map.copyOf(values);
        return (WasmShimPlugin.Config)
                Proxy.newProxyInstance(
                        TestConfig.class.getClassLoader(),
                        new Class<?>[] {WasmShimPlugin.Config.class},
                        (proxy, method, args) ->
                                given.getOrDefault(method.getName(), method.getDefaultValue()));
    }
}

package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.davit.api.errors.DavitException;
import io.davit.spi.shim.ShimPlugin;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The services that come and go with binaries. */
@Timeout(120)
class ContainerdShimsTest {
    private final Map<List<String>, Object> services = new ConcurrentHashMap<>();
    private Path root;
    private Path binaries;
    private ContainerdShims shims;

    @BeforeEach
    void open() throws IOException {
        root = Files.createTempDirectory("davit-shim");
        binaries = root.resolve("bin");
        shims = new ContainerdShims(context(), config(Map.of()));
    }

    @AfterEach
    void close() throws IOException {
        shims.stop();
        assertEquals(Map.of(), services);
        World.delete(root);
    }

    @Test
    void a_binary_is_a_service_while_it_is_there() throws Exception {
        assertEquals(runtimes("io.containerd.*"), registered());
        Files.createDirectory(binaries);
        Path one = binary("containerd-shim-one-v1");
        awaitServices("io.containerd.*", "io.containerd.one.v1", "*.one.v1");
        binary("containerd-shim-two-v2");
        binary("containerd-shim");
        binary("something-else-v1");
        awaitServices(
                "io.containerd.*",
                "io.containerd.one.v1",
                "*.one.v1",
                "io.containerd.two.v2",
                "*.two.v2");
        Files.delete(one);
        awaitServices("io.containerd.*", "io.containerd.two.v2", "*.two.v2");
    }

    @Test
    void a_replaced_binary_keeps_its_service_and_an_unsafe_one_loses_it() throws Exception {
        Files.createDirectory(binaries);
        Path one = binary("containerd-shim-one-v1");
        awaitServices("io.containerd.*", "io.containerd.one.v1", "*.one.v1");
        Object before = service("io.containerd.one.v1");
        Files.move(binary("new"), one, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        binary("containerd-shim-two-v1"); // a sign that the watch has looked
        Await.until(() -> registered().contains("io.containerd.two.v1"));
        assertEquals(before, service("io.containerd.one.v1"));
        one.toFile().setWritable(true, false);
        Await.until(() -> !registered().contains("io.containerd.one.v1"));
    }

    @Test
    void a_binary_that_is_there_is_a_service_at_once_and_nothing_else_is_made() throws Exception {
        shims.stop();
        Files.createDirectory(binaries);
        binary("containerd-shim-one-v1");
        shims = new ContainerdShims(context(), config(Map.of()));
        assertEquals(runtimes("io.containerd.*", "io.containerd.one.v1", "*.one.v1"), registered());
        assertFalse(Files.exists(root.resolve("run")));
    }

    @Test
    void a_configuration_that_cannot_work_is_refused() {
        assertThrows(
                DavitException.class,
                () -> new ContainerdShims(context(), config(Map.of("kill_timeout_millis", -1L))));
        Path open = root.resolve("open");
        assertFalse(Files.exists(open));
    }

    private Object service(String runtime) {
        return services.entrySet().stream()
                .filter(entry -> entry.getKey().contains(runtime))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    private List<String> registered() {
        return services.keySet().stream().flatMap(List::stream).sorted().toList();
    }

    private static List<String> runtimes(String... runtimes) {
        return Arrays.stream(runtimes).sorted().toList();
    }

    private void awaitServices(String... runtimes) {
        Await.until(() -> registered().equals(runtimes(runtimes)));
    }

    private Path binary(String name) throws IOException {
        Path path = Files.writeString(root.resolve("." + name), "#!/bin/sh\n");
        path.toFile().setExecutable(true);
        return Files.move(path, binaries.resolve(name));
    }

    private BundleContext context() {
        return (BundleContext)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {BundleContext.class},
                        (proxy, method, args) -> {
                            if (method.getName().equals("getProperty")) {
                                return null;
                            }
                            assertEquals("registerService", method.getName());
                            assertEquals(ShimPlugin.class, args[0]);
                            return register((Dictionary<?, ?>) args[2]);
                        });
    }

    private ServiceRegistration<?> register(Dictionary<?, ?> properties) {
        List<String> runtimes = List.of((String[]) properties.get("davit.shim.runtime"));
        assertEquals(true, properties.get("davit.shim.bounded"));
        ServiceRegistration<?> made =
                (ServiceRegistration<?>)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {ServiceRegistration.class},
                                (proxy, method, args) ->
                                        switch (method.getName()) {
                                            case "unregister" -> {
                                                services.remove(runtimes);
                                                yield null;
                                            }
                                            case "equals" -> proxy == args[0];
                                            case "hashCode" -> System.identityHashCode(proxy);
                                            default -> runtimes.toString();
                                        });
        services.put(runtimes, made);
        return made;
    }

    /** The defaults, with our directories and a few other values. */
    private ContainerdShims.Config config(Map<String, Object> others) {
        Map<String, Object> values = new TreeMap<>();
        values.put("binary_dirs", new String[] {binaries.toString()});
        values.put("run_dir", root.resolve("run").toString());
        values.putAll(others);
        return (ContainerdShims.Config)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {ContainerdShims.Config.class},
                        (proxy, method, args) ->
                                method.getDeclaringClass() == Annotation.class
                                        ? ContainerdShims.Config.class
                                        : values.getOrDefault(
                                                method.getName(), method.getDefaultValue()));
    }
}

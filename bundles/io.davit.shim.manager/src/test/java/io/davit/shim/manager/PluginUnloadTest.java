package io.davit.shim.manager;

import static io.davit.shim.manager.Manager.LONG;
import static io.davit.shim.manager.Manager.RUNTIME;
import static io.davit.shim.manager.Manager.assertFails;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.shim.Shim;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.ExecTask;
import io.davit.api.task.OciProcess;
import io.davit.api.task.OciResources;
import io.davit.api.task.Stdio;
import io.davit.api.task.UpdateTask;
import io.davit.shim.manager.Manager.Heard;
import io.davit.spi.shim.ShimPlugin;
import io.davit.testkit.PluginReference;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;

/** After a plugin has left nothing here holds on to its classes. */
class PluginUnloadTest {
    /** Defines the plugin's classes itself and leaves all others to its parent. */
    private static final class PluginLoader extends ClassLoader {
        PluginLoader() {
            super(PluginLoader.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(SwappedPlugin.class.getName())) {
                return super.loadClass(name, resolve);
            }
            String file = name.replace('.', '/') + ".class";
            try (InputStream in = getParent().getResourceAsStream(file)) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    /** What a careless caller keeps. */
    private final List<Object> kept = new ArrayList<>();

    private final Heard heard = new Heard();

    /** Uses a plugin in all ways, has it leave, and returns its class loader. */
    private WeakReference<ClassLoader> useAndRemove(Manager manager, boolean bounded)
            throws Exception {
        PluginLoader loader = new PluginLoader();
        ShimPlugin plugin =
                (ShimPlugin)
                        loader.loadClass(SwappedPlugin.class.getName())
                                .getConstructor()
                                .newInstance();
        PluginReference reference =
                manager.reference("1.0.0")
                        .with("davit.shim.in.jvm", true)
                        .with("davit.shim.bounded", bounded);
        manager.component.addPlugin(reference, plugin);
        kept.add(manager.component.info(RUNTIME, LONG));
        Shim shim = manager.start("t1", heard);
        kept.add(shim);
        shim.create(
                new CreateShimTask(List.of(), Stdio.NONE, Optional.empty(), Optional.empty()),
                LONG);
        shim.exec(new ExecTask("e1", new OciProcess("{}"), Stdio.NONE), LONG);
        kept.add(shim.processes(LONG));
        kept.add(shim.attach("", Stdio.NONE, LONG));
        kept.add(assertFails(Kind.INTERNAL, () -> shim.metrics(LONG)));
        DavitException own =
                assertFails(
                        Kind.NOT_IMPLEMENTED,
                        () -> shim.update(new UpdateTask(new OciResources("{}"), Map.of()), LONG));
        kept.add(own);
        manager.component.removePlugin(reference);
        return new WeakReference<>(loader);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_class_loader_of_a_plugin_that_left_is_collected(boolean bounded) throws Exception {
        try (Manager manager = new Manager()) {
            WeakReference<ClassLoader> loader = inThread(manager, bounded);
            long end = System.nanoTime() + LONG.toNanos();
            while (loader.get() != null && System.nanoTime() < end) {
                System.gc();
                Thread.onSpinWait();
            }
            assertNull(loader.get(), () -> "still reachable, kept: " + kept.size());
        }
    }

    /** In a thread that ends, because a bounded plugin may leave things in its caller's thread. */
    private WeakReference<ClassLoader> inThread(Manager manager, boolean bounded) throws Exception {
        FutureTask<WeakReference<ClassLoader>> use =
                new FutureTask<>(() -> useAndRemove(manager, bounded));
        Thread caller = new Thread(use);
        caller.start();
        caller.join();
        return use.get();
    }
}

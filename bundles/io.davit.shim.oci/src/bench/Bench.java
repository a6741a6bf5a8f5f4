import io.davit.api.mount.Mount;
import io.davit.api.task.CreateTask;
import io.davit.api.task.OciSpec;
import io.davit.api.task.Task;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskManager;
import io.davit.api.task.TypedValue;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.util.tracker.ServiceTracker;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Runs tasks through Davit's managers and this plugin in a framework of their own, and prints a line
 * of JSON: the counterpart of containerd.py.
 *
 * <p>usage: Bench DIR STATE RUNTIME CALLERS TASKS WARMUP BUNDLE…; the property {@code bench.name} says by
 * which name of a runtime tasks are made.
 */
public final class Bench {
    private static final String GROUP = System.getProperty("bench.group");
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String NAME = System.getProperty("bench.name", "io.davit.oci.v1");
    private static final String API =
            "io.davit.api.errors,io.davit.api.names,io.davit.api.mount,io.davit.api.task,"
                    + "io.davit.api.shim,io.davit.spi.mount,io.davit.spi.shim";

    private final Path where;
    private final String spec;
    private final String runtime;
    private final TaskManager tasks;

    private Bench(Path where, String runtime, TaskManager tasks) throws Exception {
        this.where = where;
        this.runtime = runtime;
        this.spec = Files.readString(where.resolve("config.json"));
        this.tasks = tasks;
    }

    public static void main(String[] args) throws Exception {
        Path where = Path.of(args[0]);
        Framework framework = framework(where, Path.of(args[1]));
        framework.start();
        BundleContext context = framework.getBundleContext();
        for (int i = 6; i < args.length; i++) {
            context.installBundle("file:" + args[i]);
        }
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                bundle.start();
            }
        }
        ServiceTracker<TaskManager, TaskManager> tracker =
                new ServiceTracker<>(context, TaskManager.class, null);
        tracker.open();
        TaskManager tasks = tracker.waitForService(30_000);
        int callers = Integer.parseInt(args[3]);
        int count = Integer.parseInt(args[4]);
        Bench bench = new Bench(where, args[2], tasks);
        bench.run("w", callers, Integer.parseInt(args[5]));
        double before = cpu();
        double ownBefore = own();
        long began = System.nanoTime();
        double[] times = bench.run("t", callers, count);
        double seconds = (System.nanoTime() - began) / 1e9;
        double used = cpu() - before;
        double own = own() - ownBefore;
        Arrays.sort(times);
        System.out.printf(
                "{\"who\": \"davit\", \"callers\": %d, \"p50\": %.2f, \"p90\": %.2f, \"rate\": %.2f,"
                        + " \"cpu\": %.2f, \"jvm\": %.2f, \"load\": %s}%n",
                callers,
                times[count / 2],
                times[count * 9 / 10],
                count / seconds,
                used / count,
                own / count,
                Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
        framework.stop();
        framework.waitForStop(10_000);
        System.exit(0);
    }

    private static Framework framework(Path where, Path state) {
        Map<String, String> properties = new HashMap<>();
        properties.put(Constants.FRAMEWORK_STORAGE, where.resolve("cache").toString());
        properties.put(Constants.FRAMEWORK_STORAGE_CLEAN, "onFirstInit");
        String versions = ";version=\"1.0.0\"";
        properties.put(
                Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                API.replace(",", versions + ",") + versions + ",org.slf4j;version=\"2.0.0\"");
        properties.put("davit.state.dir", state.resolve("davit").toString());
        properties.put("davit.root.dir", where.resolve("root").toString());
        return ServiceLoader.load(FrameworkFactory.class).iterator().next().newFramework(properties);
    }

    /** Processor time of this JVM alone, in milliseconds. */
    private static double own() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis();
    }

    private static double cpu() throws Exception {
        for (String line : Files.readAllLines(Path.of("/sys/fs/cgroup", GROUP, "cpu.stat"))) {
            if (line.startsWith("usage_usec")) {
                return Long.parseLong(line.split(" ")[1]) / 1000.0;
            }
        }
        return 0;
    }

    private double[] run(String prefix, int callers, int count) throws Exception {
        double[] times = new double[count];
        AtomicInteger next = new AtomicInteger();
        Thread[] threads = new Thread[callers];
        for (int c = 0; c < callers; c++) {
            threads[c] =
                    new Thread(
                            () -> {
                                for (int i = next.getAndIncrement();
                                        i < count;
                                        i = next.getAndIncrement()) {
                                    times[i] = task(prefix + i);
                                }
                            });
            threads[c].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return times;
    }

    /** A shim of containerd is told the OCI runtime in its options. */
    private TypedValue options() {
        byte[] path = runtime.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(6 << 3 | 2);
        message.write(path.length);
        message.writeBytes(path);
        return new TypedValue("containerd.runc.v1.Options", message.toByteArray());
    }

    private double task(String id) {
        try {
            long began = System.nanoTime();
            Path own = where.resolve("t").resolve(id);
            Path upper = Files.createDirectories(own.resolve("u"));
            Path work = Files.createDirectories(own.resolve("w"));
            Mount overlay =
                    Mount.of(
                            "overlay",
                            "overlay",
                            "lowerdir=" + where.resolve("rootfs"),
                            "upperdir=" + upper,
                            "workdir=" + work);
            String json = spec.replace("CGROUP", "/" + GROUP + "/tasks/" + id);
            CreateTask.Builder request =
                    CreateTask.builder(TaskId.of(id), NAME, new OciSpec(json))
                            .rootfs(java.util.List.of(overlay));
            if (!NAME.startsWith("io.davit.")) {
                request.options(options());
            }
            Task task = tasks.create(request.build(), LONG);
            task.start(LONG);
            task.await(LONG).orElseThrow();
            tasks.delete(TaskId.of(id), LONG);
            try (Stream<Path> all = Files.walk(own)) {
                all.sorted(java.util.Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
            }
            return (System.nanoTime() - began) / 1e6;
        } catch (Exception e) {
            throw new IllegalStateException(id, e);
        }
    }
}

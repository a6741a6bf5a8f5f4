package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.spi.shim.ShimPlugin;

import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Registers a {@link ShimPlugin} for each shim binary that is found, while it is there, and one for
 * containerd's runtime names at large.
 *
 * <p>The latter says what is missing when a binary is, serves binaries that are named by their path
 * if the configuration allows them, and goes on serving the tasks of a binary that was removed.
 */
@Component(name = "io.davit.shim.containerd", service = ContainerdShims.class, immediate = true)
@Designate(ocd = ContainerdShims.Config.class)
public final class ContainerdShims {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerdShims.class);
    private static final String RUNTIME = "davit.shim.runtime";
    private static final String BOUNDED = "davit.shim.bounded";
    private static final String BINARY = "davit.shim.binary";
    private static final String AT_LARGE = "io.containerd.*";

    /** Configuration; times in milliseconds, positive, at most a day. */
    @ObjectClassDefinition(name = "Davit containerd shims")
    public @interface Config {
        /** Where shims are looked for. */
        @AttributeDefinition(description = "directories of shim binaries; empty for PATH")
        String[] binary_dirs() default {};

        /** Shims that may be named by their path. */
        @AttributeDefinition(description = "absolute paths that may be used as runtime names")
        String[] binaries() default {};

        /** The plugin's own directory. */
        @AttributeDefinition(
                description =
                        "directory for sockets, at most 40 characters; empty for"
                                + " /run/davit/containerd, or for others than root one of theirs")
        String run_dir() default "";

        /** Further places for sockets. */
        @AttributeDefinition(description = "directories where shims may put their sockets besides")
        String[] socket_dirs() default {};

        /** Variables for shims. */
        @AttributeDefinition(description = "environment of shims besides ours, NAME=value")
        String[] environment() default {};

        /** Whether shims say more. */
        @AttributeDefinition(description = "whether shims write debug lines to their log")
        boolean debug() default false;

        /** The longest answer to what a binary can do. */
        @AttributeDefinition(description = "longest time of a binary to say what it can do")
        long info_timeout_millis() default 5_000;

        /** The shim's part of a kill. */
        @AttributeDefinition(description = "time of a shim to kill, before it is done without it")
        long kill_timeout_millis() default 2_000;

        /** The longest clean-up. */
        @AttributeDefinition(description = "longest time to remove what a dead shim left")
        long cleanup_timeout_millis() default 5_000;

        /** The longest end of a shim. */
        @AttributeDefinition(description = "longest time of a shim without tasks to end")
        long shutdown_timeout_millis() default 3_000;
    }

    private final BundleContext context;
    private final LateHost host;
    private final BinarySearch search;
    private final ContainerdPlugin plugin;
    private final BinaryWatch watch;
    private final ServiceRegistration<ShimPlugin> atLarge;

    /** By the end of the runtimes' names. Used before, by and after the watch's thread. */
    private final Map<String, Found> found = new TreeMap<>();

    /** Unsafe binaries that were reported, so that each is once. Used as {@link #found}. */
    private final Map<Path, String> refused = new HashMap<>();

    /** A binary with its service. */
    private record Found(ShimBinary binary, ServiceRegistration<ShimPlugin> service) {}

    /**
     * Starts the plugin.
     *
     * @param context the bundle's
     * @param config the configuration
     * @throws DavitException if the configuration is malformed, or its directory is not safe
     */
    @Activate
    public ContainerdShims(BundleContext context, Config config) throws DavitException {
        this.context = context;
        this.host = new LateHost(settings(config));
        this.search = new BinarySearch(host.settings());
        this.plugin = new ContainerdPlugin(host);
        this.atLarge = register(atLarge(), Map.of());
        look();
        this.watch = BinaryWatch.start(host.settings().directories(), this::look);
    }

    private Settings settings(Config config) throws DavitException {
        List<Path> directories = paths(config.binary_dirs());
        String path = System.getenv().getOrDefault("PATH", "/usr/bin");
        return new Settings(
                directories.isEmpty() ? Settings.searchPath(path) : directories,
                Set.copyOf(paths(config.binaries())),
                config.run_dir().isEmpty()
                        ? Settings.usualRun(System.getenv(), System.getProperty("user.name"))
                        : Path.of(config.run_dir()),
                Settings.owner(
                        Objects.requireNonNullElse(context.getProperty("davit.state.dir"), "")),
                Set.copyOf(paths(config.socket_dirs())),
                Settings.variables(config.environment()),
                config.debug(),
                new Settings.Times(
                        Duration.ofMillis(config.info_timeout_millis()),
                        Duration.ofMillis(config.kill_timeout_millis()),
                        Duration.ofMillis(config.cleanup_timeout_millis()),
                        Duration.ofMillis(config.shutdown_timeout_millis())));
    }

    private static List<Path> paths(String[] texts) {
        return Arrays.stream(texts).map(Path::of).collect(Collectors.toList());
    }

    private List<String> atLarge() {
        List<String> runtimes = new ArrayList<>(List.of(AT_LARGE));
        host.settings().binaries().forEach(binary -> runtimes.add(binary.toString()));
        return runtimes;
    }

    private ServiceRegistration<ShimPlugin> register(
            List<String> runtimes, Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put(RUNTIME, runtimes.toArray(new String[0]));
        properties.put(BOUNDED, true);
        return context.registerService(
                ShimPlugin.class, plugin, FrameworkUtil.asDictionary(properties));
    }

    /** Brings the services in line with what there is. */
    private void look() {
        Map<String, Path> now = search.all();
        for (String ending : List.copyOf(found.keySet())) {
            if (!now.containsKey(ending)) {
                LOG.info("shim binary is gone: path={}", found.get(ending).binary().path());
                found.remove(ending).service().unregister();
            }
        }
        now.forEach(this::look);
    }

    private void look(String ending, Path path) {
        Found before = found.get(ending);
        try {
            ShimBinary binary = ShimBinary.require(path);
            refused.remove(path);
            if (before == null) {
                LOG.info("shim binary found: path={} runtime=io.containerd.{}", path, ending);
                List<String> runtimes = List.of("io.containerd." + ending, "*." + ending);
                Map<String, Object> more = Map.of(BINARY, binary.path().toString());
                found.put(ending, new Found(binary, register(runtimes, more)));
            } else if (!before.binary().equals(binary)) {
                LOG.info("shim binary was replaced: path={}", path);
                found.put(ending, new Found(binary, before.service()));
            }
        } catch (DavitException e) {
            if (!e.getMessage().equals(refused.put(path, e.getMessage()))) {
                LOG.info("shim binary is refused: path={}", path, e);
            }
            if (before != null) {
                found.remove(ending).service().unregister();
            }
        }
    }

    /** Withdraws the services, which lets go of their tasks, and stops the plugin's threads. */
    @Deactivate
    public void stop() {
        watch.close();
        found.values().forEach(each -> each.service().unregister());
        atLarge.unregister();
        host.close();
    }
}

package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.linux.LinuxException;
import io.davit.spi.shim.RuntimeInfo;
import io.davit.spi.shim.ShimBounded;
import io.davit.spi.shim.ShimContext;
import io.davit.spi.shim.ShimInstance;
import io.davit.spi.shim.ShimPlugin;
import io.davit.spi.shim.ShimRuntime;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Runs native containers with crun, runc or another OCI runtime under conmon. */
@Component(name = "io.davit.shim.oci", service = ShimPlugin.class)
@Designate(ocd = OciPlugin.Config.class)
@ShimRuntime({OciPlugin.ANY, OciPlugin.CRUN, OciPlugin.RUNC})
@ShimBounded
public final class OciPlugin implements ShimPlugin {
    static final String ANY = "io.davit.oci.v1";
    static final String CRUN = "io.davit.crun.v1";
    static final String RUNC = "io.davit.runc.v1";

    /** The configuration of the plugin. */
    @ObjectClassDefinition(name = "Davit OCI shim")
    public @interface Config {
        /** Programs to try for {@code io.davit.oci.v1}, in order. */
        @AttributeDefinition(
                description = "OCI runtimes to try in order: names in PATH or absolute paths")
        String[] runtimes() default {"crun", "runc"};

        /** The monitor. */
        @AttributeDefinition(description = "conmon: a name in PATH or an absolute path")
        String conmon() default "conmon";

        /** What to do with versions known to be vulnerable. */
        @AttributeDefinition(description = "versions known to be vulnerable: warn, refuse, ignore")
        String vulnerable_versions() default "warn";

        /** Who makes control groups. */
        @AttributeDefinition(description = "who makes control groups: auto, cgroupfs, systemd")
        String cgroup_driver() default "auto";

        /** The most bytes of a log file. */
        @AttributeDefinition(description = "bytes of a log file before it is put aside")
        long log_size_bytes() default 16L << 20;
    }

    private final Settings settings;
    private final Toolbox toolbox;
    private final Host host;
    private final Housekeeping housekeeping;

    /**
     * Starts the plugin.
     *
     * @param config its configuration
     * @throws LinuxException if the kernel refuses what watching processes needs
     */
    @Activate
    public OciPlugin(Config config) throws LinuxException {
        this(settings(config));
    }

    OciPlugin(Settings settings) throws LinuxException {
        this.settings = settings;
        this.host = Host.start();
        this.toolbox = new Toolbox(settings, host.isRoot());
        this.housekeeping = new Housekeeping(host);
        this.housekeeping.begin();
    }

    private static Settings settings(Config config) throws DavitException {
        return new Settings(
                List.of(config.runtimes()),
                config.conmon(),
                System.getenv("PATH"),
                choice(
                        "vulnerable.versions",
                        Settings.Vulnerable.class,
                        config.vulnerable_versions()),
                choice("cgroup.driver", Settings.Driver.class, config.cgroup_driver()),
                config.log_size_bytes());
    }

    private static <E extends Enum<E>> E choice(String key, Class<E> type, String word)
            throws DavitException {
        for (E each : type.getEnumConstants()) {
            if (each.name().toLowerCase(java.util.Locale.ROOT).equals(word)) {
                return each;
            }
        }
        throw new DavitException(Kind.INVALID_ARGUMENT, "unknown word: " + key + "=" + word);
    }

    /** Stops the plugin's threads; tasks go on. */
    @Deactivate
    public void close() {
        host.close();
    }

    private Tools tools(String runtime, Deadline deadline) throws DavitException {
        List<String> programs =
                switch (runtime) {
                    case CRUN -> List.of("crun");
                    case RUNC -> List.of("runc");
                    default -> settings.runtimes();
                };
        return toolbox.tools(programs, deadline);
    }

    @Override
    public RuntimeInfo info(String runtime, Duration within) throws DavitException {
        Tools tools = tools(runtime, Deadline.in(within));
        return new RuntimeInfo(Set.of(), tools.features(), tools.attributes());
    }

    @Override
    public ShimInstance start(ShimContext context, Duration within) throws DavitException {
        OciTask task = new OciTask(context, host, housekeeping, settings);
        task.tools(tools(context.runtime(), Deadline.in(within)));
        return new OciShim(task);
    }

    @Override
    public ShimInstance recover(ShimContext context, Duration within) throws DavitException {
        OciShim shim = new OciShim(new OciTask(context, host, housekeeping, settings));
        shim.recover(Deadline.in(within));
        return shim;
    }

    @Override
    public Optional<Exit> cleanUp(ShimContext context, Duration within) throws DavitException {
        return new Leftovers(new TaskLayout(context.bundle()), host).remove(Deadline.in(within));
    }
}

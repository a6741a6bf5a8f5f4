package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.spi.shim.RuntimeInfo;
import io.davit.spi.shim.ShimBounded;
import io.davit.spi.shim.ShimContext;
import io.davit.spi.shim.ShimInstance;
import io.davit.spi.shim.ShimPlugin;
import io.davit.spi.shim.ShimRuntime;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Runs native containers with crun, runc or another OCI runtime under conmon. */
@Component(name = "io.davit.shim.oci", service = ShimPlugin.class, immediate = true)
@Designate(ocd = OciPlugin.Config.class)
@ShimRuntime({OciPlugin.ANY, OciPlugin.CRUN, OciPlugin.RUNC})
@ShimBounded
public final class OciPlugin implements ShimPlugin {
    private static final Logger LOG = LoggerFactory.getLogger(OciPlugin.class);

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

    private final HostStart host = new HostStart();

    /** Replaced whole by a change of configuration; running tasks keep what they began with. */
    private volatile Toolbox toolbox;

    /** Serves with the defaults until {@link #activate}. */
    public OciPlugin() {
        this(Settings.DEFAULTS);
    }

    OciPlugin(Settings settings) {
        this.toolbox = new Toolbox(settings);
    }

    /** Takes the configuration; looks at nothing of the machine before somebody asks. */
    @Activate
    public void activate(Config config) {
        modified(config);
    }

    /** Takes good values and keeps the last good ones otherwise. */
    @Modified
    public void modified(Config config) {
        try {
            toolbox = new Toolbox(Settings.of(config));
        } catch (DavitException e) {
            LOG.error(
                    "configuration refused: pid=io.davit.shim.oci kept={}", toolbox.settings(), e);
        }
    }

    /** Stops the plugin's threads; tasks go on. */
    @Deactivate
    public void close() {
        host.close();
    }

    private static Tools tools(Toolbox toolbox, String runtime, Deadline deadline)
            throws DavitException {
        List<String> programs =
                switch (runtime) {
                    case CRUN -> List.of("crun");
                    case RUNC -> List.of("runc");
                    default -> toolbox.settings().runtimes();
                };
        return toolbox.tools(programs, deadline);
    }

    @Override
    public RuntimeInfo info(String runtime, Duration within) throws DavitException {
        Tools tools = tools(toolbox, runtime, Deadline.in(within));
        return new RuntimeInfo(Set.of(), tools.features(), tools.attributes());
    }

    @Override
    public ShimInstance start(ShimContext context, Duration within) throws DavitException {
        Toolbox now = toolbox;
        OciTask task = new OciTask(context, host.get(), now.settings());
        task.tools(tools(now, context.runtime(), Deadline.in(within)));
        return new OciShim(task);
    }

    @Override
    public ShimInstance recover(ShimContext context, Duration within) throws DavitException {
        OciShim shim = new OciShim(new OciTask(context, host.get(), toolbox.settings()));
        shim.recover(Deadline.in(within));
        return shim;
    }

    @Override
    public Optional<Exit> cleanUp(ShimContext context, Duration within) throws DavitException {
        return new Leftovers(new TaskLayout(context.bundle()), host.get())
                .remove(Deadline.in(within));
    }
}

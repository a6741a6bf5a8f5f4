package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.MountManager;
import io.davit.api.names.Namespace;
import io.davit.api.shim.ShimManager;
import io.davit.api.task.CreateTask;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.api.task.Task;
import io.davit.api.task.TaskEventBus;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskManager;
import io.davit.api.task.TaskPlan;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The task manager as a service. */
@Component(name = "io.davit.task.manager", immediate = true)
@Designate(ocd = TaskManagerComponent.Config.class)
public final class TaskManagerComponent implements TaskManager {
    private static final Duration STOP = Duration.ofSeconds(2);

    private final EventOutbox outbox = new EventOutbox();
    private final TaskContext context;
    private final TaskOperations operations;
    private final TaskCreation creation;
    private final TaskDeletion deletion;
    private final TaskPlanning planning;
    private final TaskRecovery recovery;
    private final RecoveryRun run;

    /** Set when the component is going away. */
    private volatile boolean stopped;

    /** Configuration. */
    @ObjectClassDefinition(name = "Davit task manager")
    public @interface Config {
        /** Where bundle directories are made. */
        @AttributeDefinition(
                description =
                        "absolute path; empty: the property davit.state.dir, else the bundle's")
        String state_dir() default "";

        /** Where the journal and work directories are kept. */
        @AttributeDefinition(
                description =
                        "absolute path; empty: the property davit.root.dir, else the bundle's")
        String root_dir() default "";

        /** Whether tasks survive a restart. */
        @AttributeDefinition(description = "whether tasks survive a restart")
        boolean durable() default true;

        /** The most tasks of a namespace. */
        @AttributeDefinition(description = "most tasks of a namespace")
        int tasks_per_namespace() default 1_000;

        /** The most tasks of a namespace, for runtimes inside this JVM. */
        @AttributeDefinition(description = "most tasks of a namespace inside this JVM")
        int tasks_in_jvm_per_namespace() default 10_000;

        /** The most further processes of a task. */
        @AttributeDefinition(description = "most execs of a task")
        int execs_per_task() default 64;

        /** Whether specifications may name programs to run on the host. */
        @AttributeDefinition(description = "whether hooks are allowed")
        boolean hooks() default false;

        /** Whether specifications must mask and protect at least the default paths. */
        @AttributeDefinition(
                description = "whether the default masked and read-only paths are required")
        boolean hardened() default false;

        /** Whether tasks must limit memory and processes. */
        @AttributeDefinition(description = "whether limits of memory and processes are required")
        boolean require_limits() default false;

        /** How long cleaning up after one task may last. */
        @AttributeDefinition(description = "longest clean-up of a task")
        long cleanup_timeout_millis() default 5_000;

        /** How long finding one shim again may last. */
        @AttributeDefinition(description = "longest search for one shim after a restart")
        long attach_timeout_millis() default 5_000;

        /** Where standard streams may lie that are given as paths. */
        @AttributeDefinition(
                description =
                        "absolute paths; empty: the state directory, /run/containerd/fifo and the"
                                + " directory for temporary files")
        String[] stdio_roots() default {};
    }

    @Activate
    public TaskManagerComponent(
            BundleContext framework,
            Config config,
            @Reference(name = "shims") ShimManager shims,
            @Reference(name = "mounts") MountManager mounts) {
        Path own = framework.getDataFile("").toPath().toAbsolutePath();
        TaskSettings settings = TaskSettings.of(config, framework::getProperty, own);
        TaskJournal journal =
                config.durable()
                        ? TaskJournal.open(settings.directories().journal())
                        : TaskJournal.inMemory();
        TaskTable table = new TaskTable();
        this.context =
                new TaskContext(
                        shims,
                        new TaskMounts(mounts),
                        new BundleStore(settings.directories()),
                        journal,
                        table,
                        new TaskKeeper(journal, table),
                        outbox,
                        settings);
        SpecRules rules = new SpecRules(settings.policy(), new StdioRules(settings.stdioRoots()));
        TaskUndo undoing = new TaskUndo(context);
        this.deletion = new TaskDeletion(context, undoing);
        this.recovery = new TaskRecovery(context, undoing, deletion);
        this.operations = new TaskOperations(context, rules, recovery::recover);
        this.creation = new TaskCreation(context, rules, undoing);
        this.planning = new TaskPlanning(context, rules);
        this.run = new RecoveryRun(recovery, framework);
    }

    @Activate
    void start() {
        context.keeper().start();
        run.start(recovery.load());
        context.keeper().soon(outbox::passOn);
    }

    @Deactivate
    void stop() {
        stopped = true;
        run.stop(STOP);
        context.keeper().stop(STOP);
        context.journal().close();
    }

    @Reference(
            name = "events",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "disconnect")
    void connect(TaskEventBus bus) {
        outbox.connect(bus);
        context.keeper().soon(outbox::passOn);
    }

    void disconnect(TaskEventBus bus) {
        outbox.disconnect(bus);
    }

    @Override
    public Task create(CreateTask request, Duration within) throws DavitException {
        requireRunning();
        return handle(creation.create(request, within));
    }

    @Override
    public TaskPlan plan(CreateTask request) throws DavitException {
        requireRunning();
        return planning.plan(request);
    }

    @Override
    public Optional<Task> find(TaskId id) {
        return context.table().find(id).map(this::handle);
    }

    @Override
    public List<Task> tasks(Namespace namespace) {
        return context.table().in(namespace).stream().map(this::handle).toList();
    }

    @Override
    public List<Namespace> namespaces() {
        return context.table().namespaces();
    }

    @Override
    public Exit delete(TaskId id, Duration within) throws DavitException {
        requireRunning();
        Deadline deadline = Deadline.in(within);
        TaskLife life =
                context.table()
                        .find(id)
                        .orElseThrow(
                                () ->
                                        new DavitException(
                                                Kind.NOT_FOUND, "no such task: task=" + id));
        operations.seek(life);
        return life.order().run(deadline, () -> deletion.delete(life, deadline));
    }

    private Task handle(TaskLife life) {
        return new ManagedTask(operations, life);
    }

    private void requireRunning() throws DavitException {
        if (stopped) {
            throw new DavitException(Kind.UNAVAILABLE, "task manager has stopped");
        }
    }
}

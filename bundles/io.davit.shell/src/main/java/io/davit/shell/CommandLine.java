package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Texts;
import io.davit.api.shim.ShimManager;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskManager;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The command line of a process whose launcher registered arguments; called once, its result is the
 * status of the process.
 *
 * <p>Writes to the file descriptors themselves, because the streams of {@code System} hide that
 * nobody reads any more. Registered with {@code davit.main=true}.
 */
@Component(
        name = "io.davit.shell.command.line",
        service = Callable.class,
        property = "davit.main:Boolean=true")
public final class CommandLine implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(CommandLine.class);
    private static final Duration ASK = Duration.ofSeconds(10);

    private final List<String> args;
    private final String version;
    private final TaskManager tasks;
    private final ShimManager shims;
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final OutputStream err = new FileOutputStream(FileDescriptor.err);
    private final Notices notices = new Notices(err);

    /** The run in progress, for whoever has to end it. */
    private final AtomicReference<RunVerb> running = new AtomicReference<>();

    /**
     * Takes what the command needs.
     *
     * @param context whose bundle's version is told
     * @param launcher the properties of the launcher's service; {@code null} without one
     * @param tasks runs tasks
     * @param shims knows runtimes
     */
    @Activate
    public CommandLine(
            BundleContext context,
            @Reference(
                            name = "launcher",
                            service = Object.class,
                            cardinality = ReferenceCardinality.OPTIONAL,
                            target = "(davit.arguments=*)")
                    Map<String, Object> launcher,
            @Reference(name = "tasks") TaskManager tasks,
            @Reference(name = "shims") ShimManager shims) {
        Object words = launcher == null ? null : launcher.get("davit.arguments");
        this.args = words instanceof String[] given ? List.of(given) : List.of();
        this.version = context.getBundle().getVersion().toString();
        this.tasks = tasks;
        this.shims = shims;
    }

    /** Ends a task that still runs, before what runs it goes away. */
    @Deactivate
    void deactivate() {
        RunVerb run = running.get();
        if (run != null) {
            run.stop();
        }
    }

    @Override
    @SuppressWarnings("checkstyle:IllegalCatch") // a defect must not look like a task's status
    public Integer call() {
        try {
            return verb();
        } catch (CommandFailure e) {
            notices.say(e.getMessage());
            return e.status();
        } catch (DavitException e) {
            notices.say(e.getMessage());
        } catch (IOException e) {
            notices.say("cannot write: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.debug("defect", e);
            notices.say("this is a defect of Davit: " + e);
        }
        return CommandFailure.FAILED;
    }

    private int verb() throws CommandFailure, IOException {
        Optional<String> help = Usage.asked(args);
        if (help.isPresent()) {
            print(help.get());
            return 0;
        }
        String verb = args.get(0);
        List<String> rest = args.subList(1, args.size());
        switch (verb) {
            case "run" -> {
                return run(rest);
            }
            case "plan" ->
                    print(
                            PlanVerb.text(
                                    tasks.plan(TaskRequest.of(RunParser.parse(rest), Stdio.NONE))));
            case "runtimes" ->
                    print(
                            RuntimesVerb.text(
                                    shims.runtimes(ASK), Words.read(RuntimesVerb.SYNTAX, rest)));
            case "version", "--version" -> print("davit " + version + "\n");
            case "task", "mount" ->
                    throw new CommandFailure(
                            CommandFailure.FAILED, verb + " needs a verb; see: davit help " + verb);
            default -> throw CommandFailure.usage("unknown command " + Texts.quote(verb));
        }
        return 0;
    }

    private int run(List<String> words) throws CommandFailure {
        RunOptions options = RunParser.parse(words);
        RunVerb run = new RunVerb(tasks, new FileInputStream(FileDescriptor.in), out, err);
        running.set(run);
        try {
            return run.run(options, notices);
        } finally {
            running.set(null);
        }
    }

    private void print(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}

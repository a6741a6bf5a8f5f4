package io.davit.shell;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The verbs of the command line for a Gogo shell, without input: {@code davit:run}, {@code
 * davit:task list}, {@code davit:mount fsck} and so on.
 *
 * <p>Everything is printed to {@code System.out}, which is the session's in Gogo, in Karaf and in a
 * pipe. An interrupt ends a command as a signal ends it on the command line.
 */
@Component(
        name = "io.davit.shell.gogo",
        service = GogoCommands.class,
        property = {
            "osgi.command.scope=davit",
            "osgi.command.function=mount",
            "osgi.command.function=plan",
            "osgi.command.function=run",
            "osgi.command.function=runtimes",
            "osgi.command.function=task"
        })
public final class GogoCommands {
    private final ShellVerbs verbs;

    /**
     * Takes what the commands need.
     *
     * @param managers what commands call
     * @param logs keeps the output of tasks
     * @param audit keeps the record
     */
    @Activate
    public GogoCommands(
            @Reference(name = "managers") Managers managers,
            @Reference(name = "logs") TaskLogs logs,
            @Reference(name = "audit") Audit audit) {
        this.verbs = new ShellVerbs(managers, logs, audit);
    }

    /**
     * Runs a verb about mounts.
     *
     * @param words the verb and what follows it
     */
    public void mount(String... words) {
        command("mount", words);
    }

    /**
     * Says what running a task would do.
     *
     * @param words as for {@link #run}
     */
    public void plan(String... words) {
        command("plan", words);
    }

    /**
     * Runs a task until it ends, or starts one with {@code --detach}.
     *
     * @param words options, program and arguments as on the command line
     */
    public void run(String... words) {
        command("run", words);
    }

    /**
     * Says what can run here.
     *
     * @param words options as on the command line
     */
    public void runtimes(String... words) {
        command("runtimes", words);
    }

    /**
     * Runs a verb about tasks.
     *
     * @param words the verb and what follows it
     */
    public void task(String... words) {
        command("task", words);
    }

    private void command(String verb, String... words) {
        List<String> line = new ArrayList<>(List.of(verb));
        line.addAll(List.of(words));
        SessionOutput output = new SessionOutput();
        GogoSession session = new GogoSession(output);
        FutureTask<Integer> work = new FutureTask<>(() -> run(line, session));
        Thread runner = new Thread(work, "davit-shell-" + verb);
        runner.setDaemon(true);
        runner.start();
        try {
            output.copyTo(System.out, work);
            int status = work.get();
            if (status != 0) {
                System.out.println("status " + status);
            }
        } catch (InterruptedException e) {
            session.cancellation().cancel();
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private int run(List<String> line, GogoSession session) {
        session.cancellation().begin();
        try {
            return verbs.run(line, session);
        } finally {
            session.cancellation().over();
        }
    }
}

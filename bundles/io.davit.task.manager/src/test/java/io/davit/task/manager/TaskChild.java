package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.Mount;
import io.davit.api.names.Namespace;
import io.davit.api.task.CreateTask;
import io.davit.api.task.KillScope;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.Signal;
import io.davit.api.task.Task;
import io.davit.api.task.TaskId;
import io.davit.journal.CrashPoint;
import io.davit.testkit.FakeMounts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A process with a task manager over supervisors that outlive it, made to be killed. Says on
 * standard output what it is about to do (small letters) and what it has done (capitals).
 */
final class TaskChild {
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final int IDS = 20;
    private static final int THREADS = 4;

    private final Managers node;
    private final Function<String, CreateTask> requests;

    private TaskChild(Managers node, Function<String, CreateTask> requests) {
        this.node = node;
        this.requests = requests;
    }

    /** Which tasks it works on. */
    enum Tasks {
        /** Entries of a world in a directory. */
        FAKES {
            @Override
            TaskChild open(Path directory) throws IOException {
                Node node = Node.lasting(directory);
                node.plugin.after("start", PluginCrashPoint.FORKED::hit);
                return new TaskChild(node, TaskChild::request);
            }
        },
        /** Real containers. */
        CONTAINERS {
            @Override
            TaskChild open(Path directory) throws IOException {
                return new TaskChild(
                        Containers.managers(directory), id -> Containers.request(directory, id));
            }
        };

        abstract TaskChild open(Path directory) throws IOException;
    }

    /** The place at which the plugin's part can be cut in two. */
    enum PluginCrashPoint implements CrashPoint {
        /** The supervisor is there and has not answered. */
        FORKED
    }

    /**
     * Runs one of {@code once}, {@code hold}, {@code load}, {@code open}, {@code recover}.
     *
     * @param args on which tasks, what to do, and the directories to do it in
     */
    public static void main(String[] args) throws Exception {
        for (int i = 2; i < args.length; i++) {
            TaskChild child = Tasks.valueOf(args[0]).open(Path.of(args[i]));
            try (Managers node = child.node) {
                node.requireRecovered();
                switch (args[1]) {
                    case "once" -> child.live("a");
                    case "hold" -> child.hold();
                    case "load" -> child.load();
                    case "open" -> child.tell("");
                    default -> child.recover(Path.of(args[i]).getFileName().toString());
                }
            }
        }
        System.out.println("END");
    }

    private static CreateTask request(String id) {
        return CreateTask.builder(Node.id(id), Node.RUNTIME, Node.SPEC)
                .rootfs(List.of(Mount.of(FakeMounts.TYPE, "/x"), Mount.of("bind", "/src")))
                .build();
    }

    /** The whole life of a task, or what is left of it. */
    private void live(String id) {
        if (node.tasks.find(Node.id(id)).isEmpty()) {
            say("c " + id);
            say("C " + id + " " + node.tasks.create(requests.apply(id), Node.LONG).status().pid());
        }
        Task task = node.tasks.find(Node.id(id)).orElseThrow();
        if (task.status().state().canStart()) {
            say("s " + id);
            say("R " + id + " " + task.start(Node.LONG));
        }
        if (task.status().state().canKill()) {
            say("k " + id);
            task.kill(Signal.KILL, KillScope.ALL, Node.LONG);
            say("K " + id + " " + task.await(Node.LONG).orElseThrow().status());
        }
        say("d " + id);
        node.tasks.delete(task.id(), Node.LONG);
        say("D " + id);
    }

    /** Has a task running until it is killed. */
    private void hold() throws InterruptedException {
        say("C a " + node.tasks.create(requests.apply("a"), Node.LONG).status().pid());
        say("R a " + node.tasks.find(Node.id("a")).orElseThrow().start(Node.LONG));
        say("HOLD");
        Thread.sleep(LONGEST.toMillis());
    }

    /** One write for a line, so that only the last one can be cut. */
    private static void say(String line) {
        synchronized (System.out) {
            System.out.print(line + "\n");
            System.out.flush();
        }
    }

    /** Tells what there is, and works on many tasks until it is killed. */
    private void load() throws InterruptedException {
        tell("");
        // first, so that nothing a worker says is taken for part of the recovery
        say("READY");
        for (int i = 0; i < THREADS; i++) {
            int first = i;
            new Thread(() -> loop(first)).start();
        }
        Thread.sleep(LONGEST.toMillis());
    }

    private void loop(int first) {
        while (true) {
            for (int i = first; i < IDS; i += THREADS) {
                live("n" + i);
            }
        }
    }

    /** Tells every task, and everything that belongs to none. */
    private void tell(String world) {
        Set<TaskId> ids = new TreeSet<>();
        for (Task task : node.tasks.tasks(Namespace.DEFAULT)) {
            ProcessStatus status = task.status();
            ids.add(task.id());
            int exit = status.exit().map(e -> e.status()).orElse(-1);
            String end = status.state() + " " + status.pid() + " " + exit;
            say("S " + task.id().id() + " " + end + " " + world);
        }
        leftovers(ids).forEach(left -> say("LEFT " + left + " " + world));
    }

    private List<String> leftovers(Set<TaskId> owners) {
        try {
            return Leftovers.find(node, owners);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Tells what there is, lives and deletes each task, uses every id once more, and tells again.
     */
    private void recover(String world) {
        tell(world);
        try {
            node.tasks.tasks(Namespace.DEFAULT).forEach(task -> live(task.id().id()));
            live("a");
            for (int i = 0; i < IDS; i++) {
                live("n" + i);
            }
        } catch (DavitException e) {
            say("LEFT not usable: " + world + " " + e.getMessage());
        }
        leftovers(Set.of()).forEach(left -> say("LEFT " + left + " " + world));
    }
}

package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Exit;
import io.davit.api.task.Task;
import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskEventBus;
import io.davit.api.task.TaskEventFilter;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskManager;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The verbs that show what tasks write and what happens to them. */
final class TaskWatching {
    private static final String FOLLOW = "--follow";
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final long DRAIN_MILLIS = 2000;

    private final Managers managers;
    private final TaskLogs logs;

    TaskWatching(Managers managers, TaskLogs logs) {
        this.managers = managers;
        this.logs = logs;
    }

    Map<String, Verb> verbs() {
        return Map.of(
                "task logs", Verb.reading(Syntax.words(1, 1).flags(FOLLOW), this::logs),
                "task events",
                        Verb.reading(
                                Syntax.words(0, 1).values("--after", "--count").flags("--json"),
                                this::events));
    }

    private int logs(Call call) throws CommandFailure, IOException, InterruptedException {
        TaskManager tasks = managers.tasks();
        Task task = call.words().task(tasks);
        boolean follow = call.words().has(FOLLOW);
        call.session().patient();
        try (LogPrinter printer =
                new LogPrinter(task.bundle(), call.session().out(), call.session().err())) {
            boolean more = follow;
            while (more) {
                printer.print();
                more = isAlive(task);
            }
            drain(task.id());
            printer.print();
        }
        return 0;
    }

    /** Waits a moment and says whether the task can still write. */
    private static boolean isAlive(Task task) throws DavitException {
        try {
            return task.await(LOOK).isEmpty();
        } catch (DavitException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** Lets what the task wrote reach its log. */
    private void drain(TaskId id) throws InterruptedException {
        Optional<Capture> capture = logs.find(id);
        if (capture.isPresent()) {
            capture.get().drain(DRAIN_MILLIS);
        }
    }

    /** Tells events until it is enough, the named task is deleted, or the caller ends it. */
    private int events(Call call) throws CommandFailure, InterruptedException {
        call.session().patient();
        Words words = call.words();
        boolean one = !words.rest().isEmpty();
        TaskEventFilter filter =
                one
                        ? TaskEventFilter.of(words.taskId())
                        : new TaskEventFilter(
                                Optional.of(words.namespace()), Optional.empty(), Set.of());
        long after = one ? TaskEventBus.OLDEST : TaskEventBus.NOW;
        Optional<String> cursor = words.value("--after");
        if (cursor.isPresent()) {
            after = OptionValues.number("--after", cursor.get());
        }
        Optional<String> count = words.value("--count");
        long most =
                count.isPresent() ? OptionValues.number("--count", count.get()) : Long.MAX_VALUE;
        TaskManager tasks = managers.tasks();
        EventPrinter printer = new EventPrinter(call, most, event -> one && isLast(tasks, event));
        TaskEventBus.Subscription subscription =
                managers.events().subscribe(filter, after, printer);
        try {
            printer.await();
        } finally {
            subscription.close();
        }
        return 0;
    }

    /** An id that is used again has events of both tasks. */
    private static boolean isLast(TaskManager tasks, TaskEvent event) {
        return event instanceof TaskEvent.Deleted deleted
                && deleted.execId().isEmpty()
                && tasks.find(event.task()).isEmpty();
    }

    /** What an event is about besides its task, for a person. */
    static String details(TaskEvent event) {
        if (event instanceof TaskEvent.Created created) {
            return "bundle=" + created.bundle();
        } else if (event instanceof TaskEvent.Started started) {
            return "pid=" + started.pid();
        } else if (event instanceof TaskEvent.Exited exited) {
            return exec(exited.execId()) + exit(exited.exit());
        } else if (event instanceof TaskEvent.Deleted deleted) {
            return exec(deleted.execId()) + exit(deleted.exit());
        } else if (event instanceof TaskEvent.ExecAdded added) {
            return "exec=" + added.execId();
        } else if (event instanceof TaskEvent.ExecStarted started) {
            return exec(started.execId()) + "pid=" + started.pid();
        } else if (event instanceof TaskEvent.Checkpointed checkpointed) {
            return "image=" + checkpointed.image();
        }
        return "";
    }

    private static String exec(String execId) {
        return execId.isEmpty() ? "" : "exec=" + execId + " ";
    }

    private static String exit(Exit exit) {
        return "status=" + TaskReads.exit(exit);
    }
}

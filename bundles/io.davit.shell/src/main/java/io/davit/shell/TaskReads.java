package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Texts;
import io.davit.api.task.Exit;
import io.davit.api.task.ProcessInfo;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.Task;
import io.davit.api.task.TaskMetrics;
import io.davit.api.task.TaskState;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The verbs that say how tasks are doing. */
final class TaskReads {
    static final String JSON = "--json";

    private final Managers managers;

    TaskReads(Managers managers) {
        this.managers = managers;
    }

    Map<String, Verb> verbs() {
        Syntax none = Syntax.words(0, 0).flags(JSON);
        Syntax one = Syntax.words(1, 1).flags(JSON);
        return Map.of(
                "task list", Verb.reading(none, this::list),
                "task info", Verb.reading(one, this::info),
                "task ps", Verb.reading(one, this::ps),
                "task stats", Verb.reading(Syntax.words(0, 1).flags(JSON), this::stats));
    }

    private int list(Call call) throws CommandFailure, IOException {
        List<Object> json = new ArrayList<>();
        Columns table = new Columns("ID", "RUNTIME", "STATE", "PID", "EXIT");
        for (Task task : managers.tasks().tasks(call.words().namespace())) {
            ProcessStatus status = task.status();
            json.add(json(task, status));
            table.row(
                    task.id().id(),
                    task.runtime(),
                    status.state().name(),
                    status.pid() == 0 ? "" : Long.toString(status.pid()),
                    status.exit().map(TaskReads::exit).orElse(""));
        }
        print(call, json, table);
        return 0;
    }

    private int info(Call call) throws CommandFailure, IOException {
        Task task = call.words().task(managers.tasks());
        ProcessStatus status = task.status();
        Columns table = new Columns("TASK", task.id().toString());
        table.row("runtime", task.runtime());
        table.row("state", status.state().name());
        table.row("pid", status.pid() == 0 ? "" : Long.toString(status.pid()));
        table.row("bundle", task.bundle().toString());
        status.exit().ifPresent(exit -> table.row("exit", exit(exit)));
        status.exit().ifPresent(exit -> table.row("ended", exit.at().toString()));
        task.labels().forEach((key, value) -> table.row("label " + key, value));
        print(call, json(task, status), table);
        return 0;
    }

    private int ps(Call call) throws CommandFailure, IOException {
        List<Object> json = new ArrayList<>();
        Columns table = new Columns("PID", "EXEC");
        for (ProcessInfo each : call.words().task(managers.tasks()).processes(Tasks.CALL)) {
            json.add(Map.of("pid", each.pid(), "exec", each.execId()));
            table.row(Long.toString(each.pid()), each.execId());
        }
        print(call, json, table);
        return 0;
    }

    private int stats(Call call) throws CommandFailure, IOException {
        List<Task> tasks =
                call.words().rest().isEmpty()
                        ? managers.tasks().tasks(call.words().namespace())
                        : List.of(call.words().task(managers.tasks()));
        List<Object> json = new ArrayList<>();
        Columns table = new Columns("ID", "CPU", "MEMORY", "LIMIT", "PIDS", "OOM");
        for (Task task : tasks) {
            if (tasks.size() > 1 && task.status().state() == TaskState.STOPPED) {
                continue;
            }
            TaskMetrics metrics = task.metrics(Tasks.CALL);
            json.add(json(task, metrics));
            table.row(
                    task.id().id(),
                    metrics.cpuNanos() < 0
                            ? ""
                            : Duration.ofNanos(metrics.cpuNanos()).toMillis() + "ms",
                    number(metrics.memoryBytes()),
                    number(metrics.memoryLimitBytes()),
                    number(metrics.pids()),
                    number(metrics.oomKills()));
        }
        print(call, json, table);
        return 0;
    }

    private static String number(long value) {
        return value < 0 ? "" : Long.toString(value);
    }

    private static void print(Call call, Object json, Columns table) throws IOException {
        if (call.words().has(JSON)) {
            call.printJson(json);
        } else {
            call.print(table.toString());
        }
    }

    /** How a process ended, for a person. */
    static String exit(Exit exit) {
        return exit.status() + exit.reason().map(why -> " " + Texts.quote(why)).orElse("");
    }

    /** How a process ended, for a program. */
    static Map<String, Object> json(Exit exit) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("status", exit.status());
        json.put("at", exit.at().toString());
        exit.reason().ifPresent(why -> json.put("reason", why));
        return json;
    }

    private static Map<String, Object> json(Task task, ProcessStatus status) throws DavitException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("namespace", task.id().namespace().name());
        json.put("id", task.id().id());
        json.put("runtime", task.runtime());
        json.put("state", status.state().name());
        json.put("pid", status.pid());
        json.put("bundle", task.bundle().toString());
        json.put("labels", new TreeMap<>(task.labels()));
        status.exit().ifPresent(exit -> json.put("exit", json(exit)));
        return json;
    }

    private static Map<String, Object> json(Task task, TaskMetrics metrics) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", task.id().id());
        json.put("at", metrics.at().toString());
        json.put("cpuNanos", metrics.cpuNanos());
        json.put("memoryBytes", metrics.memoryBytes());
        json.put("memoryLimitBytes", metrics.memoryLimitBytes());
        json.put("pids", metrics.pids());
        json.put("oomKills", metrics.oomKills());
        json.put("values", new TreeMap<>(metrics.values()));
        return json;
    }
}

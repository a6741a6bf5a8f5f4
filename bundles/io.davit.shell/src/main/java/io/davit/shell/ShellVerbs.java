package io.davit.shell;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All verbs that a shell or a client of a daemon may use. */
final class ShellVerbs implements ControlServer.Commands {
    private final Verbs verbs;
    private final TaskRunning running;
    private final Audit audit;

    ShellVerbs(Managers managers, TaskLogs logs, Audit audit) {
        this.running = new TaskRunning(managers, logs);
        Map<String, Verb> all = new HashMap<>(running.verbs());
        all.putAll(new TaskReads(managers).verbs());
        all.putAll(new TaskChanges(managers).verbs());
        all.putAll(new TaskSessions(managers, logs).verbs());
        all.putAll(new TaskWatching(managers, logs).verbs());
        all.putAll(new MountVerbs(managers).verbs());
        this.verbs = new Verbs(all, audit);
        this.audit = audit;
    }

    /** Runs a command line and returns its status. */
    int run(List<String> line, Session session) {
        return verbs.run(line, session);
    }

    Set<String> names() {
        return verbs.names();
    }

    @Override
    public int run(ControlRequest request, Session session) {
        return run(request.words(), session);
    }

    @Override
    public void refused(String caller, String why) {
        audit.record(caller, "connect", Map.of(), CommandFailure.FAILED, why);
    }

    /**
     * Goes on with what an earlier process did for tasks that still run.
     *
     * @return whether nothing is left to go on with later
     */
    boolean resumeCaptures() {
        return running.resumeCaptures();
    }
}

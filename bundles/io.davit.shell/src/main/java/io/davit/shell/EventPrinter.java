package io.davit.shell;

import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskEventListener;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/** Prints events as they come, until there were enough or the caller has gone. */
final class EventPrinter implements TaskEventListener {
    private final Call call;
    private final long most;
    private final Predicate<TaskEvent> last;
    private final CountDownLatch over = new CountDownLatch(1);

    /** Used by the thread that tells. */
    private long count;

    /**
     * Makes a printer.
     *
     * @param call who is told
     * @param most how many events are enough
     * @param last says of an event whether none will follow
     */
    EventPrinter(Call call, long most, Predicate<TaskEvent> last) {
        this.call = call;
        this.most = most;
        this.last = last;
    }

    /** Waits until it is over. */
    void await() throws InterruptedException {
        over.await();
    }

    @Override
    public void onTaskEvent(long cursor, TaskEvent event) {
        if (over.getCount() == 0) {
            return;
        }
        try {
            if (call.words().has("--json")) {
                call.printJson(json(cursor, event));
            } else {
                call.print(text(cursor, event));
            }
        } catch (IOException e) {
            over.countDown();
        }
        if (++count >= most || last.test(event)) {
            over.countDown();
        }
    }

    @Override
    public void onTaskEventsLost(long from, long to) {
        call.notices().say("events are lost: from=" + from + " to=" + to);
    }

    private static String text(long cursor, TaskEvent event) {
        return String.join(
                                " ",
                                Long.toString(cursor),
                                event.at().toString(),
                                event.topic(),
                                event.task().toString(),
                                TaskWatching.details(event))
                        .stripTrailing()
                + "\n";
    }

    private static Map<String, Object> json(long cursor, TaskEvent event) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cursor", cursor);
        json.put("at", event.at().toString());
        json.put("topic", event.topic());
        json.put("namespace", event.task().namespace().name());
        json.put("id", event.task().id());
        if (event instanceof TaskEvent.Exited exited) {
            json.put("exec", exited.execId());
            json.put("exit", TaskReads.json(exited.exit()));
        } else if (event instanceof TaskEvent.Deleted deleted) {
            json.put("exec", deleted.execId());
            json.put("exit", TaskReads.json(deleted.exit()));
        } else {
            json.put("details", TaskWatching.details(event));
        }
        return json;
    }
}

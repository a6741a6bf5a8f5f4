package io.davit.event.exchange;

import io.davit.api.mount.Mount;
import io.davit.api.names.Namespace;
import io.davit.api.task.Exit;
import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskId;
import io.davit.event.exchange.History.Entry;
import io.davit.journal.RecordInput;
import io.davit.journal.RecordOutput;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** The form of an event in the journal: {@code version, kind, cursor, task, time, the rest}. */
final class EventCodec {
    private static final int VERSION = 1;

    private EventCodec() {}

    /** The kinds of events; the order is the form on disk. */
    private enum Form {
        CREATED,
        STARTED,
        EXITED,
        DELETED,
        EXEC_ADDED,
        EXEC_STARTED,
        PAUSED,
        RESUMED,
        OUT_OF_MEMORY,
        CHECKPOINTED
    }

    private static final Map<Class<? extends TaskEvent>, Form> FORMS =
            Map.of(
                    TaskEvent.Created.class, Form.CREATED,
                    TaskEvent.Started.class, Form.STARTED,
                    TaskEvent.Exited.class, Form.EXITED,
                    TaskEvent.Deleted.class, Form.DELETED,
                    TaskEvent.ExecAdded.class, Form.EXEC_ADDED,
                    TaskEvent.ExecStarted.class, Form.EXEC_STARTED,
                    TaskEvent.Paused.class, Form.PAUSED,
                    TaskEvent.Resumed.class, Form.RESUMED,
                    TaskEvent.OutOfMemory.class, Form.OUT_OF_MEMORY,
                    TaskEvent.Checkpointed.class, Form.CHECKPOINTED);

    static byte[] encode(Entry entry) {
        TaskEvent event = entry.event();
        RecordOutput out =
                new RecordOutput()
                        .small(VERSION)
                        .small(form(event).ordinal())
                        .number(entry.cursor())
                        .text(event.task().namespace().name())
                        .text(event.task().id())
                        .time(event.at());
        encodeRest(out, event);
        return out.toBytes();
    }

    private static Form form(TaskEvent event) {
        return FORMS.get(event.getClass());
    }

    private static void encodeRest(RecordOutput out, TaskEvent event) {
        if (event instanceof TaskEvent.Created created) {
            out.text(created.bundle().toString())
                    .list(created.rootfs(), EventCodec::mount)
                    .number(created.pid());
        } else if (event instanceof TaskEvent.Started started) {
            out.number(started.pid());
        } else if (event instanceof TaskEvent.Exited exited) {
            exit(out.text(exited.execId()), exited.exit());
        } else if (event instanceof TaskEvent.Deleted deleted) {
            exit(out.text(deleted.execId()), deleted.exit());
        } else if (event instanceof TaskEvent.ExecAdded added) {
            out.text(added.execId());
        } else if (event instanceof TaskEvent.ExecStarted started) {
            out.text(started.execId()).number(started.pid());
        } else if (event instanceof TaskEvent.Checkpointed checkpointed) {
            out.text(checkpointed.image().toString());
        }
    }

    private static void mount(RecordOutput out, Mount mount) {
        out.text(mount.type()).text(mount.source()).text(mount.target()).texts(mount.options());
    }

    private static void exit(RecordOutput out, Exit exit) {
        out.number(exit.pid())
                .number(exit.status())
                .time(exit.at())
                .optional(exit.reason(), RecordOutput::text);
    }

    /**
     * Reads an event, or throws what shows that it is none: unchecked, like the values it makes.
     */
    static Entry decode(byte[] record) {
        RecordInput in = new RecordInput(record);
        if (in.small() != VERSION) {
            throw new IllegalArgumentException("unknown version of an event record");
        }
        Form form = in.constant(Form.values());
        long cursor = in.number();
        TaskId task = new TaskId(new Namespace(in.text()), in.text());
        Entry entry = new Entry(cursor, decode(form, task, in.time(), in));
        in.end();
        return entry;
    }

    private static TaskEvent decode(Form form, TaskId task, Instant at, RecordInput in) {
        return switch (form) {
            case CREATED ->
                    new TaskEvent.Created(
                            task, at, Path.of(in.text()), in.list(EventCodec::mount), in.number());
            case STARTED -> new TaskEvent.Started(task, at, in.number());
            case EXITED -> new TaskEvent.Exited(task, in.text(), exit(in));
            case DELETED -> new TaskEvent.Deleted(task, at, in.text(), exit(in));
            case EXEC_ADDED -> new TaskEvent.ExecAdded(task, at, in.text());
            case EXEC_STARTED -> new TaskEvent.ExecStarted(task, at, in.text(), in.number());
            case PAUSED -> new TaskEvent.Paused(task, at);
            case RESUMED -> new TaskEvent.Resumed(task, at);
            case OUT_OF_MEMORY -> new TaskEvent.OutOfMemory(task, at);
            case CHECKPOINTED -> new TaskEvent.Checkpointed(task, at, Path.of(in.text()));
        };
    }

    private static Mount mount(RecordInput in) {
        return new Mount(in.text(), in.text(), in.text(), in.texts());
    }

    private static Exit exit(RecordInput in) {
        return new Exit(in.number(), (int) in.number(), in.time(), in.optional(RecordInput::text));
    }
}

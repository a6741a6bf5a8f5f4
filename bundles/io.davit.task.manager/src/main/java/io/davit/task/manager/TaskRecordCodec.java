package io.davit.task.manager;

import io.davit.api.names.Identifiers;
import io.davit.api.names.Labels;
import io.davit.api.names.Namespace;
import io.davit.api.task.Exit;
import io.davit.api.task.TaskId;
import io.davit.api.task.TypedValue;
import io.davit.journal.RecordInput;
import io.davit.journal.RecordOutput;
import io.davit.task.manager.TaskRecord.Phase;

/**
 * The form of a task in the journal. What is read passes the same checks as what a caller gives,
 * because after a restart it decides what is unmounted and removed.
 */
final class TaskRecordCodec {
    private static final int VERSION = 1;
    private static final int PUT = 1;
    private static final int REMOVE = 2;
    private static final int LONGEST_NAME = 4096;

    private TaskRecordCodec() {}

    /** A change of the set of tasks: a record, or that there is none any more. */
    record Change(TaskId id, TaskRecord put) {}

    static byte[] remove(TaskId id) {
        return head(REMOVE, id).toBytes();
    }

    static byte[] put(TaskRecord record) {
        RecordOutput out =
                head(PUT, record.id())
                        .small(record.phase().ordinal())
                        .text(record.runtime())
                        .text(record.jvm())
                        .time(record.createdAt())
                        .map(record.labels())
                        .optional(
                                record.options(),
                                (o, any) -> o.text(any.typeUrl()).bytes(any.value()))
                        .optional(record.sandbox(), RecordOutput::text)
                        .optional(record.exit(), TaskRecordCodec::exit);
        return out.toBytes();
    }

    private static RecordOutput head(int change, TaskId id) {
        return new RecordOutput()
                .small(VERSION)
                .small(change)
                .text(id.namespace().name())
                .text(id.id());
    }

    private static void exit(RecordOutput out, Exit exit) {
        out.number(exit.pid())
                .number(exit.status())
                .time(exit.at())
                .optional(exit.reason(), RecordOutput::text);
    }

    /**
     * Reads a change, or throws what shows that it is none: unchecked, like the values it makes.
     */
    static Change decode(byte[] record) {
        RecordInput in = new RecordInput(record);
        if (in.small() != VERSION) {
            throw new IllegalArgumentException("unknown version of a task record");
        }
        int change = in.small();
        TaskId id = new TaskId(new Namespace(in.text()), in.text());
        TaskRecord put =
                switch (change) {
                    case PUT -> decode(id, in);
                    case REMOVE -> null;
                    default -> throw new IllegalArgumentException("unknown change: " + change);
                };
        in.end();
        return new Change(id, put);
    }

    private static TaskRecord decode(TaskId id, RecordInput in) {
        return new TaskRecord(
                id,
                in.constant(Phase.values()),
                name(in.text()),
                in.text(),
                in.time(),
                Labels.require(in.map()),
                in.optional(i -> new TypedValue(i.text(), i.bytes())),
                in.optional(i -> Identifiers.require("sandbox id", i.text())),
                in.optional(TaskRecordCodec::exit));
    }

    private static Exit exit(RecordInput in) {
        return new Exit(in.number(), (int) in.number(), in.time(), in.optional(RecordInput::text));
    }

    private static String name(String runtime) {
        if (runtime.isEmpty() || runtime.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("no name of a runtime");
        }
        return runtime;
    }
}

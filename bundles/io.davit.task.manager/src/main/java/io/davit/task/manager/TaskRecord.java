package io.davit.task.manager;

import io.davit.api.task.Exit;
import io.davit.api.task.TaskId;
import io.davit.api.task.TypedValue;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What is remembered about a task over restarts. Where its directory is follows from its id.
 *
 * @param id the task
 * @param phase how far it got
 * @param runtime the name of its runtime
 * @param jvm which process carries it, for a task inside a JVM; empty for one outside
 * @param createdAt when it was begun; tells one task of an id from the next
 * @param labels its labels
 * @param options the runtime's options
 * @param sandbox the task whose shim it joined
 * @param exit how its init process ended, if it has
 */
record TaskRecord(
        TaskId id,
        Phase phase,
        String runtime,
        String jvm,
        Instant createdAt,
        Map<String, String> labels,
        Optional<TypedValue> options,
        Optional<String> sandbox,
        Optional<Exit> exit) {
    /** How far a task got; the order is the form on disk. */
    enum Phase {
        /** Being created: undone after a crash, unless its shim has it. */
        INTENT,
        /** Created and acknowledged. */
        CREATED,
        /** Started and acknowledged. */
        STARTED,
        /** Being deleted: finished after a crash. */
        DELETING
    }

    TaskRecord {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(runtime, "runtime");
        Objects.requireNonNull(jvm, "jvm");
        Objects.requireNonNull(createdAt, "createdAt");
        labels = Map.copyOf(labels);
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(sandbox, "sandbox");
        Objects.requireNonNull(exit, "exit");
    }

    boolean inJvm() {
        return !jvm.isEmpty();
    }

    TaskRecord in(Phase next) {
        return new TaskRecord(id, next, runtime, jvm, createdAt, labels, options, sandbox, exit);
    }

    TaskRecord ended(Exit how) {
        return new TaskRecord(
                id, phase, runtime, jvm, createdAt, labels, options, sandbox, Optional.of(how));
    }
}

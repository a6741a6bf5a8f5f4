package io.davit.task.manager;

import io.davit.api.shim.ShimManager;

/**
 * The parts that every sequence of steps works with.
 *
 * @param shims the shim manager
 * @param mounts the mounts of tasks
 * @param bundles the bundle directories
 * @param journal the records
 * @param table the tasks
 * @param keeper what is done later
 * @param outbox the way to the event bus
 * @param settings the configuration as it was when the component was activated
 */
record TaskContext(
        ShimManager shims,
        TaskMounts mounts,
        BundleStore bundles,
        TaskJournal journal,
        TaskTable table,
        TaskKeeper keeper,
        EventOutbox outbox,
        TaskSettings settings) {
    /** Makes what is known about a task from its record. */
    TaskLife life(TaskRecord record) {
        return new TaskLife(
                record, bundles.of(record.id()), new TaskEvents(outbox), keeper::remember);
    }
}

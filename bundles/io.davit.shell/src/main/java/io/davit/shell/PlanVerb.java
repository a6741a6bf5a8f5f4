package io.davit.shell;

import io.davit.api.mount.MountPlan;
import io.davit.api.task.TaskPlan;

/** Says what creating a task would do, for a person. */
final class PlanVerb {
    private PlanVerb() {}

    static String text(TaskPlan plan) {
        Columns steps = new Columns("STEP", "BY", "WHY");
        plan.steps().forEach(step -> steps.row(step.what(), step.by(), step.why()));
        StringBuilder text = new StringBuilder("task " + plan.id() + "\n\n").append(steps);
        if (!plan.mounts().steps().isEmpty()) {
            text.append("\nmounts of the root filesystem\n\n").append(mounts(plan.mounts()));
        }
        return text.toString();
    }

    /** Says who takes which mount. */
    static Columns mounts(MountPlan plan) {
        Columns table = new Columns("#", "TYPE", "SOURCE", "TRANSFORMERS", "TAKER", "BY", "WHY");
        for (MountPlan.Step step : plan.steps()) {
            String why =
                    step.others().isEmpty()
                            ? step.why()
                            : step.why() + " (not: " + String.join("; ", step.others()) + ")";
            table.row(
                    Integer.toString(step.index()),
                    step.mount().type(),
                    step.mount().source(),
                    String.join(", ", step.transformers()),
                    step.taker().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
                    step.by(),
                    why);
        }
        return table;
    }
}

package io.davit.shell;

import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.CollectedMounts;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountActivation;
import io.davit.api.mount.MountPlan;
import io.davit.api.mount.MountReport;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the verbs about mounts say, for programs. */
final class MountJson {
    private MountJson() {}

    /** Says what a check found. */
    static Map<String, Object> of(MountReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("activations", report.activations());
        json.put("skipped", report.skipped());
        json.put("findings", report.findings().stream().map(MountJson::of).toList());
        return json;
    }

    static Map<String, Object> of(MountActivation activation) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("namespace", activation.name().namespace().name());
        json.put("name", activation.name().name());
        json.put("number", activation.id());
        json.put("complete", activation.complete());
        activation.lease().ifPresent(lease -> json.put("lease", lease));
        json.put("labels", new TreeMap<>(activation.labels()));
        List<Object> active = new ArrayList<>();
        for (ActiveMount each : activation.active()) {
            Map<String, Object> one = of(each.mount());
            one.put("at", each.mountPoint());
            one.put("data", new TreeMap<>(each.data()));
            active.add(one);
        }
        json.put("active", active);
        json.put("system", activation.system().stream().map(MountJson::of).toList());
        json.put("updatedAt", activation.updatedAt().toString());
        return json;
    }

    static Map<String, Object> of(Mount mount) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", mount.type());
        json.put("source", mount.source());
        json.put("target", mount.target());
        json.put("options", mount.options());
        return json;
    }

    static Map<String, Object> of(MountPlan.Step step) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("index", step.index());
        json.put("mount", of(step.mount()));
        json.put("transformers", step.transformers());
        json.put("taker", step.taker().name());
        json.put("by", step.by());
        json.put("why", step.why());
        json.put("others", step.others());
        return json;
    }

    static Map<String, Object> of(MountReport.Finding finding) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("problem", finding.problem().name());
        finding.name().ifPresent(name -> json.put("activation", name.toString()));
        json.put("number", finding.id());
        json.put("what", finding.what());
        json.put("repaired", finding.repaired());
        json.put("message", finding.message());
        return json;
    }

    static Map<String, Object> of(CollectedMounts collected) {
        List<Object> verdicts = new ArrayList<>();
        for (CollectedMounts.Verdict each : collected.verdicts()) {
            Map<String, Object> one = new LinkedHashMap<>();
            each.name().ifPresent(name -> one.put("activation", name.toString()));
            one.put("number", each.id());
            one.put("kept", each.kept());
            one.put("why", each.why());
            verdicts.add(one);
        }
        return Map.of(
                "verdicts", verdicts,
                "directories", collected.directories(),
                "failures", collected.failures());
    }
}

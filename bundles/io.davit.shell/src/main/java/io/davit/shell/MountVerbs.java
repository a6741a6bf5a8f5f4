package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.CollectedMounts;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountActivation;
import io.davit.api.mount.MountPlan;
import io.davit.api.mount.MountReport;
import io.davit.api.names.Texts;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The verbs about mounts. */
final class MountVerbs {
    private static final String JSON = "--json";
    private static final int FOUND = 1;

    private final Managers managers;

    MountVerbs(Managers managers) {
        this.managers = managers;
    }

    Map<String, Verb> verbs() {
        Syntax one = Syntax.words(1, 1).flags(JSON);
        Syntax none = Syntax.words(0, 0);
        return Map.of(
                "mount list", Verb.reading(none.values("--filter").flags(JSON), this::list),
                "mount info", Verb.reading(one, this::info),
                "mount explain", Verb.reading(one, this::explain),
                "mount fsck", Verb.changing(none.flags(JSON, "--repair"), this::fsck),
                "mount gc", Verb.changing(none.flags(JSON, "--dry-run"), this::gc));
    }

    private int list(Call call) throws CommandFailure, IOException {
        List<Object> json = new ArrayList<>();
        Columns table = new Columns("NAME", "PERFORMED", "LEFT", "STATE", "LEASE", "CHANGED");
        List<String> filters = call.words().values("--filter");
        for (MountActivation each : managers.mounts().list(call.words().namespace(), filters)) {
            json.add(MountJson.of(each));
            table.row(
                    each.name().name(),
                    Integer.toString(each.active().size()),
                    Integer.toString(each.system().size()),
                    state(each),
                    each.lease().orElse(""),
                    each.updatedAt().toString());
        }
        if (call.words().has(JSON)) {
            call.printJson(json);
        } else {
            call.print(table.toString());
        }
        return 0;
    }

    private static ActivationName name(Call call) throws CommandFailure {
        return new ActivationName(call.words().namespace(), call.words().rest().get(0));
    }

    private int info(Call call) throws CommandFailure, IOException {
        ActivationName name = name(call);
        MountActivation found =
                managers.mounts()
                        .find(name)
                        .orElseThrow(
                                () ->
                                        new DavitException(
                                                Kind.NOT_FOUND,
                                                "no such activation: name="
                                                        + Texts.quote(name.toString())));
        if (call.words().has(JSON)) {
            call.printJson(MountJson.of(found));
            return 0;
        }
        call.print(text(found));
        return 0;
    }

    private static String text(MountActivation found) {
        Columns head = new Columns("ACTIVATION", found.name().toString());
        head.row("number", Long.toString(found.id()));
        head.row("state", state(found));
        head.row("lease", found.lease().orElse(""));
        head.row("changed", found.updatedAt().toString());
        found.labels().forEach((key, value) -> head.row("label " + key, value));
        Columns table = new Columns("MOUNT", "TYPE", "SOURCE", "AT", "OPTIONS");
        for (ActiveMount each : found.active()) {
            row(table, "performed", each.mount(), each.mountPoint());
        }
        for (Mount mount : found.system()) {
            row(table, "left", mount, mount.target());
        }
        return head + "\n" + table;
    }

    private static void row(Columns table, String what, Mount mount, String at) {
        String options = String.join(",", mount.options());
        table.row(what, mount.type(), mount.source(), at, options);
    }

    private int explain(Call call) throws CommandFailure, IOException {
        MountPlan plan = managers.mounts().explain(name(call));
        if (call.words().has(JSON)) {
            call.printJson(plan.steps().stream().map(MountJson::of).toList());
        } else {
            call.print(PlanVerb.mounts(plan).toString());
        }
        return 0;
    }

    /** Ends with 1 if something is wrong and was not put right. */
    private int fsck(Call call) throws DavitException, IOException {
        boolean repair = call.words().has("--repair");
        call.about("repair", repair);
        MountReport report = managers.maintenance().check(repair);
        call.about("findings", report.findings().size());
        boolean good = report.findings().stream().allMatch(MountReport.Finding::repaired);
        if (call.words().has(JSON)) {
            call.printJson(MountJson.of(report));
        } else {
            call.print(text(report));
        }
        return good ? 0 : FOUND;
    }

    private static String text(MountReport report) {
        Columns table = new Columns("PROBLEM", "ACTIVATION", "WHAT", "REPAIRED", "WHY");
        for (MountReport.Finding each : report.findings()) {
            table.row(
                    each.problem().name().toLowerCase(Locale.ROOT),
                    each.name().map(Object::toString).orElse(""),
                    each.what(),
                    each.repaired() ? "yes" : "no",
                    each.message());
        }
        String counts =
                "activations=" + report.activations() + " skipped=" + report.skipped() + "\n";
        return (report.isClean() ? "no leaks\n" : table) + counts;
    }

    /** Collects what no task refers to. Ends with 1 if something could not be undone. */
    private int gc(Call call) throws DavitException, IOException {
        boolean dryRun = call.words().has("--dry-run");
        call.about("dry-run", dryRun);
        MountCollection collection =
                new MountCollection(managers.mounts(), managers.maintenance(), managers.tasks());
        CollectedMounts result = collection.run(dryRun);
        if (call.words().has(JSON)) {
            call.printJson(MountJson.of(result));
        } else {
            call.print(text(result, dryRun));
        }
        return result.failures().isEmpty() ? 0 : FOUND;
    }

    private static String text(CollectedMounts result, boolean dryRun) {
        Columns table = new Columns("ACTIVATION", "VERDICT", "WHY");
        for (CollectedMounts.Verdict each : result.verdicts()) {
            String verdict = each.kept() ? "kept" : dryRun ? "would go" : "gone";
            table.row(
                    each.name().map(Object::toString).orElse("#" + each.id()), verdict, each.why());
        }
        StringBuilder text = new StringBuilder(table.toString());
        result.directories().forEach(path -> text.append("directory ").append(path).append('\n'));
        result.failures().forEach(why -> text.append("failed ").append(why).append('\n'));
        return text.toString();
    }

    private static String state(MountActivation activation) {
        return activation.complete() ? "complete" : "interrupted";
    }
}

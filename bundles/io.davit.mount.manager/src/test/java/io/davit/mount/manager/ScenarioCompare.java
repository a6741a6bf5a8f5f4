package io.davit.mount.manager;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** Compares what a scenario expects with what happened, by the rules of the vectors' README. */
final class ScenarioCompare {
    private static final Set<String> STORED_BY_THE_ORIGINAL = Set.of("type", "mountPoint");
    private static final Set<String> NEVER_UNKNOWN =
            Set.of("not_found", "already_exists", "not_implemented");
    private static final List<String> GARBAGE = List.of("all", "active", "backRefs", "leased");

    /** Active mounts as activations of this scenario reported them. */
    private final Set<Map<String, Object>> reported = Collections.synchronizedSet(new HashSet<>());

    /** What is looser than the vectors and was used. */
    private final Set<String> notes = Collections.synchronizedSet(new java.util.TreeSet<>());

    Set<String> notes() {
        return notes;
    }

    /** Remembers what an activation reported, to compare it with what is stored. */
    void remember(Map<String, Object> result) {
        reported.addAll(Json.objects(result.get("active")));
    }

    /** Says whether a step went as expected. */
    boolean step(
            Map<String, Object> step,
            Map<String, Object> expect,
            Map<String, Object> outcome,
            List<Map<String, Object>> log) {
        if (refusedEarlier(step, expect, outcome, log)) {
            notes.add("refused before the first mount");
            return true;
        }
        return outcome(step, expect, outcome) && log(step, expect, log);
    }

    private boolean outcome(
            Map<String, Object> step, Map<String, Object> expect, Map<String, Object> outcome) {
        if (!error((String) expect.get("error"), outcome)) {
            return false;
        }
        String message = Json.text(outcome, "message");
        if (expect.containsKey("error")
                && !Json.texts(step.get("errorContains")).stream().allMatch(message::contains)) {
            return false;
        }
        for (String key : GARBAGE) {
            if (expect.containsKey(key)
                    && !sorted(expect.get(key)).equals(sorted(outcome.get(key)))) {
                return false;
            }
        }
        return Objects.equals(expect.get("outcomes"), outcome.get("outcomes"))
                && (!expect.containsKey("result")
                        || result(step, expect.get("result"), outcome.get("result")))
                && (!expect.containsKey("results")
                        || results(step, expect.get("results"), outcome.get("results")));
    }

    private static boolean error(String expected, Map<String, Object> outcome) {
        String actual = (String) outcome.get("error");
        if ("unknown".equals(expected)) {
            return actual != null && !NEVER_UNKNOWN.contains(actual);
        }
        return Objects.equals(expected, actual);
    }

    private static List<String> sorted(Object values) {
        return Json.list(values).stream().map(ScenarioCompare::canonical).sorted().toList();
    }

    private static String canonical(Object value) {
        return value instanceof Map ? new TreeMap<>(Json.object(value)).toString() : "" + value;
    }

    private boolean results(Map<String, Object> step, Object expected, Object actual) {
        List<Object> left = Json.list(expected);
        List<Object> right = Json.list(actual);
        boolean same = left.size() == right.size();
        for (int i = 0; same && i < left.size(); i++) {
            same = result(step, left.get(i), right.get(i));
        }
        return same;
    }

    private boolean result(Map<String, Object> step, Object expected, Object actual) {
        Map<String, Object> left = Json.object(expected);
        Map<String, Object> right = Json.object(actual);
        if ("count".equals(step.get("resultMode"))) {
            return counted(left).equals(counted(right));
        }
        boolean whole = "activate".equals(step.get("call"));
        return Objects.equals(left.get("name"), right.get("name"))
                && Objects.equals(left.get("labels"), right.get("labels"))
                && Objects.equals(left.get("system"), right.get("system"))
                && (whole
                        ? Objects.equals(left.get("active"), right.get("active"))
                        : active(left.get("active"), right.get("active")));
    }

    /**
     * Compares stored active mounts. Davit stores all that was reported, where the original stores
     * type and mount point alone: those two are compared, and the rest with what was reported.
     */
    private boolean active(Object expected, Object actual) {
        List<Map<String, Object>> left = Json.objects(expected);
        List<Map<String, Object>> right = Json.objects(actual);
        boolean same = left.size() == right.size();
        for (int i = 0; same && i < left.size(); i++) {
            same = left.get(i).equals(right.get(i)) || isWhole(left.get(i), right.get(i));
        }
        return same;
    }

    private boolean isWhole(Map<String, Object> expected, Map<String, Object> actual) {
        boolean whole =
                expected.keySet().equals(STORED_BY_THE_ORIGINAL)
                        && expected.get("type").equals(actual.get("type"))
                        && expected.get("mountPoint").equals(actual.get("mountPoint"))
                        && reported.contains(actual);
        if (whole) {
            notes.add("active mounts stored whole");
        }
        return whole;
    }

    private boolean log(
            Map<String, Object> step,
            Map<String, Object> expect,
            List<Map<String, Object>> actual) {
        if ("count".equals(step.get("logMode"))) {
            return counts(actual).equals(new TreeMap<>(Json.object(expect.get("logCounts"))));
        }
        List<Map<String, Object>> expected = Json.objects(expect.get("log"));
        List<Map<String, Object>> happened =
                "brief".equals(step.get("logMode"))
                        ? actual.stream().map(ScenarioCompare::brief).toList()
                        : actual;
        if ("any".equals(step.get("logOrder"))) {
            return sorted(expected).equals(sorted(happened));
        }
        return sameLog(expected, happened)
                || "either".equals(step.get("unwindOrder"))
                        && sameLog(unwoundInReverse(expected), happened);
    }

    private static Map<String, Object> counts(List<Map<String, Object>> log) {
        Map<String, Object> counts = new TreeMap<>();
        log.forEach(e -> counts.merge((String) e.get("op"), 1L, (a, b) -> (Long) a + (Long) b));
        return counts;
    }

    private static Map<String, Object> brief(Map<String, Object> entry) {
        Map<String, Object> brief = new LinkedHashMap<>(entry);
        brief.keySet().retainAll(Set.of("op", "by", "at"));
        return brief;
    }

    private static List<Map<String, Object>> unwoundInReverse(List<Map<String, Object>> log) {
        int end = log.size();
        while (end > 0 && "unmount".equals(log.get(end - 1).get("op"))) {
            end--;
        }
        List<Map<String, Object>> reversed = new ArrayList<>(log.subList(end, log.size()));
        Collections.reverse(reversed);
        List<Map<String, Object>> whole = new ArrayList<>(log.subList(0, end));
        whole.addAll(reversed);
        return whole;
    }

    private boolean sameLog(List<Map<String, Object>> expected, List<Map<String, Object>> actual) {
        boolean same = expected.size() == actual.size();
        for (int i = 0; same && i < expected.size(); i++) {
            same = sameEntry(expected.get(i), actual.get(i));
        }
        return same;
    }

    private boolean sameEntry(Map<String, Object> expected, Map<String, Object> actual) {
        if (!"nested".equals(expected.get("op"))) {
            return expected.equals(actual);
        }
        return "nested".equals(actual.get("op"))
                && expected.get("call").equals(actual.get("call"))
                && outcome(
                        Map.of("call", expected.get("call")),
                        Json.object(expected.get("expect")),
                        Json.object(actual.get("expect")));
    }

    /**
     * Davit refuses what can be seen to fail before the first mount, where the original mounts
     * first and takes it back: the same error, and nothing was done instead of done and undone.
     */
    private static boolean refusedEarlier(
            Map<String, Object> step,
            Map<String, Object> expect,
            Map<String, Object> outcome,
            List<Map<String, Object>> log) {
        List<Map<String, Object>> expected = Json.objects(expect.get("log"));
        Map<String, Object> counts =
                expect.containsKey("logCounts")
                        ? Json.object(expect.get("logCounts"))
                        : counts(expected);
        return "activate".equals(step.get("call"))
                && expect.containsKey("error")
                && error((String) expect.get("error"), outcome)
                && log.isEmpty()
                && !counts.isEmpty()
                && Objects.equals(counts.get("mount"), counts.get("unmount"))
                && expected.stream().noneMatch(e -> e.containsKey("failed"));
    }

    /** Says whether the store is as expected. */
    boolean store(Map<String, Object> expected, Map<String, Object> actual, boolean count) {
        Map<String, Object> left = namespaces(expected);
        Map<String, Object> right = namespaces(actual);
        if (!Objects.equals(expected.get("lastId"), actual.get("lastId"))
                || !left.keySet().equals(right.keySet())) {
            return false;
        }
        return left.keySet().stream()
                .allMatch(
                        n -> namespace(Json.object(left.get(n)), Json.object(right.get(n)), count));
    }

    private boolean namespace(
            Map<String, Object> expected, Map<String, Object> actual, boolean count) {
        Map<String, Object> left = Json.object(expected.get("mounts"));
        Map<String, Object> right = Json.object(actual.get("mounts"));
        return left.keySet().equals(right.keySet())
                && leases(expected).equals(leases(actual))
                && left.keySet().stream()
                        .allMatch(
                                n ->
                                        record(
                                                Json.object(left.get(n)),
                                                Json.object(right.get(n)),
                                                count));
    }

    private boolean record(
            Map<String, Object> expected, Map<String, Object> actual, boolean count) {
        Map<String, Object> left = new HashMap<>(expected);
        Map<String, Object> right = new HashMap<>(actual);
        if (count) {
            return counted(left).equals(counted(right));
        }
        return active(left.remove("active"), right.remove("active")) && left.equals(right);
    }

    /** The same with the lengths of its lists in place of them; none counts as an empty one. */
    private static Map<String, Object> counted(Map<String, Object> value) {
        Map<String, Object> counted = new HashMap<>(value);
        for (String list : List.of("active", "system")) {
            long size = Json.list(counted.remove(list)).size();
            counted.putIfAbsent(list + "Count", size);
        }
        return counted;
    }

    private static Map<String, Object> leases(Map<String, Object> namespace) {
        Map<String, Object> leases = new TreeMap<>(Json.object(namespace.get("leases")));
        leases.values().removeIf(names -> Json.list(names).isEmpty());
        return leases;
    }

    private static Map<String, Object> namespaces(Map<String, Object> store) {
        Map<String, Object> namespaces = new TreeMap<>(Json.object(store.get("namespaces")));
        namespaces
                .values()
                .removeIf(
                        n ->
                                Json.object(Json.object(n).get("mounts")).isEmpty()
                                        && leases(Json.object(n)).isEmpty());
        return namespaces;
    }

    /**
     * Says whether the target directory is as expected; leftovers may be gone, whole or in part.
     */
    boolean targets(
            Map<String, Object> expected,
            Map<String, Object> actual,
            Set<String> leftover,
            boolean count) {
        Map<String, Object> left = new TreeMap<>(expected);
        Map<String, Object> right = new TreeMap<>(actual);
        for (String name : leftover) {
            Map<String, Object> most = Json.object(left.remove(name));
            Map<String, Object> rest = Json.object(right.remove(name));
            if (!most.entrySet().containsAll(rest.entrySet())) {
                return false;
            }
        }
        if (count) {
            right.replaceAll((k, v) -> Map.of("entryCount", (long) Json.object(v).size()));
        }
        return left.equals(right);
    }
}

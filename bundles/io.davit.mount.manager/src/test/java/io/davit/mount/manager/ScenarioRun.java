package io.davit.mount.manager;

import static org.junit.jupiter.api.Assertions.fail;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.MountActivation;
import io.davit.api.names.Namespace;
import io.davit.spi.mount.MountTransformer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** One scenario, run step by step against a manager over fakes. */
final class ScenarioRun {
    private static final long STEP_SECONDS = 60;

    private final Map<String, Object> scenario;
    private final CallLog log = new CallLog();
    private final ScenarioCompare compare = new ScenarioCompare();
    private final ScenarioWorld world;

    /**
     * Sets a scenario up.
     *
     * @param scenario the scenario, placeholders replaced
     * @param base a fresh directory
     */
    ScenarioRun(Map<String, Object> scenario, Path base, Map<String, MountTransformer> transformers)
            throws IOException {
        this.scenario = scenario;
        this.world =
                new ScenarioWorld(
                        base, Json.object(scenario.get("setup")), log, this::nested, transformers);
    }

    /**
     * Runs it.
     *
     * @return where Davit went another, allowed way
     */
    Set<String> run() throws IOException {
        try {
            List<Map<String, Object>> steps = Json.objects(scenario.get("steps"));
            for (int i = 0; i < steps.size(); i++) {
                step(i, steps.get(i));
            }
            finish();
            return compare.notes();
        } finally {
            world.close();
        }
    }

    private void step(int index, Map<String, Object> step) {
        Map<String, Object> outcome = perform(step);
        List<Map<String, Object>> happened = log.take();
        Map<String, Object> expect = Json.object(step.get("expect"));
        if (compare.step(step, expect, outcome, happened)) {
            return;
        }
        Map<String, Object> better =
                Json.object(Json.object(Json.object(scenario.get("better")).get("steps")));
        Object other = better.get(Integer.toString(index));
        if (other != null && compare.step(step, Json.object(other), outcome, happened)) {
            return;
        }
        fail(
                "step "
                        + index
                        + " "
                        + step.get("call")
                        + "\nexpected "
                        + expect
                        + (other == null ? "" : "\nor       " + other)
                        + "\nbut was  "
                        + outcome
                        + "\nlog      "
                        + happened);
    }

    private void finish() throws IOException {
        Map<String, Object> expected = Json.object(scenario.get("final"));
        Map<String, Object> better = Json.object(Json.object(scenario.get("better")).get("final"));
        boolean count = "count".equals(scenario.get("finalMode"));
        Map<String, Object> store = world.stored();
        check("store", expected, better, store, e -> compare.store(Json.object(e), store, count));
        Map<String, Object> targets = world.targets();
        Set<String> leftover = leftover(expected, better);
        check(
                "targets",
                expected,
                better,
                targets,
                e -> compare.targets(Json.object(e), targets, leftover, count));
        List<Map<String, Object>> files = world.files();
        check("files", expected, better, files, e -> sameFiles(Json.objects(e), files));
    }

    /** What failed activations leave, also those that fail only in the better way. */
    private Set<String> leftover(Map<String, Object> expected, Map<String, Object> better) {
        Set<String> leftover = new HashSet<>(Json.texts(expected.get("leftover")));
        if (better.containsKey("store") && !better.containsKey("targets")) {
            leftover.addAll(Json.object(expected.get("targets")).keySet());
            Set<String> alive = new HashSet<>();
            Json.object(Json.object(better.get("store")).get("namespaces"))
                    .values()
                    .forEach(
                            namespace ->
                                    Json.object(Json.object(namespace).get("mounts"))
                                            .values()
                                            .forEach(
                                                    r -> alive.add("" + Json.object(r).get("id"))));
            leftover.removeAll(alive);
            for (Map<String, Object> file :
                    Json.objects(Json.object(scenario.get("setup")).get("files"))) {
                leftover.removeIf(n -> Json.text(file, "path").contains("/t/" + n));
            }
        }
        return leftover;
    }

    /** Compares a value of the final state. */
    private interface Check {
        boolean passes(Object expected);
    }

    private static void check(
            String key,
            Map<String, Object> expected,
            Map<String, Object> better,
            Object actual,
            Check check) {
        boolean passes =
                !expected.containsKey(key) && !better.containsKey(key)
                        || expected.containsKey(key) && check.passes(expected.get(key))
                        || better.containsKey(key) && check.passes(better.get(key));
        if (!passes) {
            fail(
                    "final "
                            + key
                            + "\nexpected "
                            + expected.get(key)
                            + (better.containsKey(key) ? "\nor       " + better.get(key) : "")
                            + "\nbut was  "
                            + actual);
        }
    }

    private static boolean sameFiles(
            List<Map<String, Object>> expected, List<Map<String, Object>> actual) {
        Map<Object, Map<String, Object>> byPath = new HashMap<>();
        actual.forEach(file -> byPath.put(file.get("path"), file));
        return expected.stream()
                .allMatch(
                        file ->
                                byPath.getOrDefault(file.get("path"), Map.of())
                                        .entrySet()
                                        .containsAll(file.entrySet()));
    }

    private void nested(Map<String, Object> step) {
        Map<String, Object> outcome = perform(step);
        log.add(Map.of("op", "nested", "call", step.get("call"), "expect", outcome));
    }

    /** Performs a step and says how it ended. */
    private Map<String, Object> perform(Map<String, Object> step) {
        Map<String, Object> outcome = new HashMap<>();
        try {
            switch (Json.text(step, "call")) {
                case "activate" -> outcome.putAll(activate(step));
                case "deactivate" -> world.calls().deactivate(name(step));
                case "info" -> outcome.put("result", info(step));
                case "update" -> outcome.put("result", update(step));
                case "list" -> outcome.put("results", list(step));
                case "gc" -> new ScenarioCollection(world.calls().parts(), step).run(outcome);
                case "restart" -> world.restart();
                case "parallel" -> outcome.put("outcomes", parallel(step));
                default -> throw new IllegalArgumentException("unknown call: " + step);
            }
        } catch (DavitException e) {
            outcome.put("error", ScenarioValues.errorClass(e));
            outcome.put("message", e.getMessage());
        }
        return outcome;
    }

    private static Namespace namespace(Map<String, Object> step) {
        return new Namespace((String) step.getOrDefault("namespace", "test"));
    }

    private static ActivationName name(Map<String, Object> step) {
        return new ActivationName(namespace(step), Json.text(step, "name"));
    }

    private Map<String, Object> activate(Map<String, Object> step) {
        MountActivation activation =
                world.calls()
                        .activate(
                                new ActivateMounts(
                                        name(step),
                                        ScenarioValues.mounts(step.get("mounts")),
                                        Set.copyOf(Json.texts(step.get("allow"))),
                                        Json.truth(step, "temporary"),
                                        Json.map(step.get("labels")),
                                        Optional.ofNullable((String) step.get("lease"))));
        if (!activation.isRecorded()) {
            return Map.of("error", "not_implemented");
        }
        Map<String, Object> result = ScenarioValues.activation(activation);
        compare.remember(result);
        return Map.of("result", result);
    }

    private Map<String, Object> info(Map<String, Object> step) {
        return ScenarioValues.activation(
                world.calls()
                        .find(name(step))
                        .orElseThrow(
                                () ->
                                        new DavitException(
                                                io.davit.api.errors.Kind.NOT_FOUND, "not found")));
    }

    private Map<String, Object> update(Map<String, Object> step) {
        return ScenarioValues.activation(
                world.calls()
                        .update(
                                name(step),
                                Json.map(step.get("labels")),
                                Set.copyOf(Json.texts(step.get("fieldPaths")))));
    }

    private List<Map<String, Object>> list(Map<String, Object> step) {
        return world.calls().list(namespace(step), Json.texts(step.get("filters"))).stream()
                .map(ScenarioValues::activation)
                .toList();
    }

    private List<String> parallel(Map<String, Object> step) {
        List<Map<String, Object>> calls = Json.objects(step.get("calls"));
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        CountDownLatch together = new CountDownLatch(calls.size());
        List<Future<Map<String, Object>>> futures = new ArrayList<>();
        try {
            for (Map<String, Object> call : calls) {
                futures.add(
                        threads.submit(
                                () -> {
                                    together.countDown();
                                    together.await();
                                    return perform(call);
                                }));
            }
            List<String> outcomes = new ArrayList<>();
            for (Future<Map<String, Object>> future : futures) {
                Map<String, Object> outcome = future.get(STEP_SECONDS, TimeUnit.SECONDS);
                outcomes.add((String) outcome.getOrDefault("error", "ok"));
            }
            return outcomes.stream().sorted().toList();
        } catch (java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException
                | InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            threads.shutdownNow();
        }
    }
}

package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;

/** Runs the program {@code probe.c}, which does one file operation after the other. */
final class Probe {
    private Probe() {}

    /** Runs operations, each written as {@code OPERATION -> RESULT}, and compares the results. */
    static void check(Sandbox sandbox, String... operationsAndResults) {
        List<String> operations = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (String each : operationsAndResults) {
            int arrow = each.indexOf(" -> ");
            operations.add(each.substring(0, arrow));
            expected.add(operations.get(operations.size() - 1) + each.substring(arrow));
        }
        List<String> results = run(sandbox, operations);
        List<String> found = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            found.add(operations.get(i) + " -> " + results.get(i));
        }
        assertEquals(String.join("\n", expected), String.join("\n", found));
    }

    /** Runs operations and returns what came of each. */
    static List<String> run(Sandbox sandbox, List<String> operations) {
        List<String> args = new ArrayList<>(List.of("/probe.wasm"));
        for (String each : operations) {
            args.addAll(List.of(each.split(" ")));
            args.add(",");
        }
        Sandbox.Result result = sandbox.run(args.toArray(new String[0]));
        assertEquals(0, result.status(), () -> result.exit() + result.error());
        return result.lines();
    }
}

package io.davit.task.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What processes said about each task before they were killed, and so what may be there after. */
final class TaskHistory {
    private static final Set<String> WITH_NUMBER = Set.of("C", "R", "K");
    private static final Set<String> WORDS = Set.of("c", "C", "s", "R", "k", "K", "d", "D");

    /** The last thing that was said of each task. */
    private final Map<String, String> last = new HashMap<>();

    /** The process of each task that was acknowledged. */
    private final Map<String, String> pids = new HashMap<>();

    private int acknowledged;

    TaskHistory(List<String> said) {
        said.forEach(this::said);
    }

    int acknowledged() {
        return acknowledged;
    }

    /** Notes a line; the last one of a killed process may be cut at any byte and then says less. */
    void said(String line) {
        String[] words = line.split(" ");
        boolean whole =
                WORDS.contains(words[0])
                        && words.length == (WITH_NUMBER.contains(words[0]) ? 3 : 2);
        if (whole) {
            acknowledged += Character.isUpperCase(words[0].charAt(0)) ? 1 : 0;
            last.put(words[1], words[0]);
            if (words[0].equals("c")) {
                pids.remove(words[1]);
            } else if (words[0].equals("C")) {
                pids.put(words[1], words[2]);
            }
        }
    }

    /** Compares with what the next process says is there. */
    void check(List<String> said, String world, String when) {
        Map<String, String[]> there = new HashMap<>();
        for (String line : said) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("S") && words[5].equals(world)) {
                there.put(words[1], words);
            }
        }
        List<String> wrong = new ArrayList<>();
        last.forEach(
                (id, word) -> {
                    String[] now = there.get(id);
                    String state = now == null ? "ABSENT" : now[2];
                    if (!possible(word).contains(state)) {
                        wrong.add(id + " after " + word + " is " + state);
                    }
                    String pid = pids.get(id);
                    if (now != null && pid != null && !now[3].equals(pid)) {
                        wrong.add(id + " has pid " + now[3] + " and had " + pid);
                    }
                    if (state.equals("STOPPED") && !now[4].equals("137")) {
                        wrong.add(id + " ended with " + now[4]);
                    }
                });
        there.keySet().stream()
                .filter(id -> !last.containsKey(id))
                .forEach(id -> wrong.add(id + " was never begun"));
        assertEquals(List.of(), wrong, when);
    }

    private static Set<String> possible(String word) {
        return switch (word) {
            case "c" -> Set.of("ABSENT", "CREATED");
            case "C" -> Set.of("CREATED");
            case "s" -> Set.of("CREATED", "RUNNING");
            case "R" -> Set.of("RUNNING");
            case "k" -> Set.of("RUNNING", "STOPPED");
            case "K" -> Set.of("STOPPED");
            case "d" -> Set.of("STOPPED", "ABSENT");
            case "D" -> Set.of("ABSENT");
            default -> throw new IllegalArgumentException(word);
        };
    }
}

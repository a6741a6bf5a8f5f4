package io.davit.shell;

import io.davit.api.names.Texts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the command line says about itself: an overview, what belongs to a verb, or to one of the
 * verbs of two words.
 *
 * <p>In the texts about those a verb begins a line after two spaces; what belongs to it stands
 * deeper.
 */
final class Usage {
    private static final String HELP = "--help";

    /** What verbs have texts of their own, and which. */
    private static final Map<String, String> TEXTS =
            Map.of(
                    "daemon", "usage-daemon.txt",
                    "mount", "usage-mount.txt",
                    "plan", "usage-run.txt",
                    "run", "usage-run.txt",
                    "runtimes", "usage.txt",
                    "task", "usage-task.txt");

    private static final Set<String> TWO_WORDS = Set.of("mount", "task");

    /** Verbs whose last words are a program's, which has a help of its own. */
    private static final Set<String> PROGRAMS = Set.of("plan", "run", "task create", "task exec");

    private Usage() {}

    /**
     * Finds the help that a command line asks for.
     *
     * @return the text; empty if it asks for something else
     * @throws CommandFailure if there is no such verb
     */
    static Optional<String> asked(List<String> line) throws CommandFailure {
        String first = line.isEmpty() ? "help" : line.get(0);
        if (List.of("help", HELP, "-h").contains(first)) {
            return Optional.of(about(line.stream().skip(1).toList()));
        }
        int verb = TWO_WORDS.contains(first) ? 2 : 1;
        int words = (int) line.stream().limit(verb).takeWhile(word -> !isOption(word)).count();
        List<String> name = line.subList(0, words);
        List<String> rest = line.subList(words, line.size());
        boolean program = PROGRAMS.contains(String.join(" ", name));
        boolean asked =
                rest.stream().takeWhile(word -> !program || isOption(word)).anyMatch(HELP::equals);
        return asked ? Optional.of(about(name)) : Optional.empty();
    }

    private static boolean isOption(String word) {
        return word.startsWith("-") && !word.equals("--");
    }

    private static String about(List<String> verb) throws CommandFailure {
        if (verb.isEmpty()) {
            return text("usage.txt");
        }
        String name = String.join(" ", verb);
        String file = TEXTS.get(name.equals("task create") ? "run" : verb.get(0));
        boolean two = verb.size() == 2 && file != null && !file.equals(TEXTS.get("run"));
        String text = file == null ? "" : text(file);
        String found = two ? paragraph(text, verb.get(1)) : text;
        if (found.isEmpty()) {
            throw CommandFailure.usage("no help about " + Texts.quote(name));
        }
        return two ? "usage: davit " + verb.get(0) + " " + found : found;
    }

    /** What a text says about a verb; nothing if it does not know it. */
    private static String paragraph(String text, String verb) {
        return text.lines()
                .dropWhile(line -> !(line + " ").startsWith("  " + verb + " "))
                .takeWhile(line -> (line + " ").startsWith("  " + verb + " ") || isDeep(line))
                .map(line -> line.substring(2) + "\n")
                .collect(Collectors.joining());
    }

    private static boolean isDeep(String line) {
        return line.startsWith("   ");
    }

    private static String text(String name) {
        try (InputStream in = Usage.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

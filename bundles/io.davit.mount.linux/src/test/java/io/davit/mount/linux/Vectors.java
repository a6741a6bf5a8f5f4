package io.davit.mount.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The function vectors: those of the project, or those of the folder {@code davit.mount.vectors}.
 */
final class Vectors {
    private static final String SCHEMA = "containerd-mount-functions/1";
    private static final List<String> OWN = List.of("options", "overlay", "mountplan", "text");
    private static final Pattern REPEAT = Pattern.compile("\\$\\{(.)\\*([0-9]+)}");

    private Vectors() {}

    /**
     * One case.
     *
     * @param name unique name
     * @param function which function
     * @param values the case as it stands in the file, repetitions written out
     */
    record Case(String name, String function, Map<String, Object> values) {
        Object in() {
            return values.get("in");
        }

        /** Says whether a result is the original's or the recommended one. */
        boolean accepts(Object result) {
            return result.equals(values.get("out")) || result.equals(values.get("better"));
        }
    }

    static List<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        for (String text : texts()) {
            Map<String, Object> file = object(Json.parse(text));
            if (SCHEMA.equals(file.get("schema"))) {
                for (Object one : (List<?>) file.get("cases")) {
                    Map<String, Object> values = object(expanded(one));
                    cases.add(
                            new Case(
                                    (String) values.get("name"),
                                    (String) values.get("fn"),
                                    values));
                }
            }
        }
        return cases;
    }

    private static List<String> texts() throws IOException {
        String folder = System.getProperty("davit.mount.vectors", "");
        List<String> texts = new ArrayList<>();
        if (folder.isEmpty()) {
            for (String name : OWN) {
                texts.add(resource("/vectors/functions-" + name + ".json"));
            }
            return texts;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(folder), "*.json")) {
            TreeSet<Path> sorted = new TreeSet<>();
            files.forEach(sorted::add);
            for (Path file : sorted) {
                texts.add(Files.readString(file));
            }
        }
        return texts;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Vectors.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object expanded(Object value) {
        if (value instanceof String text) {
            Matcher repeat = REPEAT.matcher(text);
            return repeat.replaceAll(m -> m.group(1).repeat(Integer.parseInt(m.group(2))));
        }
        if (value instanceof List<?> list) {
            return new ArrayList<>(list.stream().map(Vectors::expanded).toList());
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = object(map);
            copy.replaceAll((key, old) -> expanded(old));
            return copy;
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    /** Takes a list of texts, absent meaning empty. */
    static List<String> texts(Object value) {
        return value == null
                ? List.of()
                : ((List<?>) value).stream().map(String.class::cast).toList();
    }
}

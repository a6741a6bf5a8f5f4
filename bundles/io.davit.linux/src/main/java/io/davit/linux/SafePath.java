package io.davit.linux;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * An absolute path split into an allowed root and what lies below it.
 *
 * <p>Compared by component, the longest root first: {@code /a/b} is no root of {@code /a/bc}. The
 * relative part is then opened from {@link #openRoot}, which no link leads out of.
 *
 * @param root the allowed root
 * @param relative the rest, without leading slash; never empty
 */
public record SafePath(Path root, String relative) {
    /**
     * Finds the root of a path.
     *
     * @param roots absolute paths; trailing slashes and {@code .} components do not matter
     * @param path the path; {@code .} components are dropped
     * @return nothing if the path is not absolute, holds a {@code ..} component, lies below none of
     *     the roots, or is itself a root
     */
    public static Optional<SafePath> below(Collection<Path> roots, String path) {
        List<String> names = names(path);
        if (!path.startsWith("/") || path.indexOf('\0') >= 0 || names.contains("..")) {
            return Optional.empty();
        }
        return roots.stream()
                .filter(root -> isBelow(names(root.toString()), names))
                .max(Comparator.comparingInt(root -> names(root.toString()).size()))
                .map(root -> new SafePath(root, rest(names, names(root.toString()).size())));
    }

    private static boolean isBelow(List<String> root, List<String> names) {
        return names.size() > root.size() && names.subList(0, root.size()).equals(root);
    }

    private static String rest(List<String> names, int from) {
        return String.join("/", names.subList(from, names.size()));
    }

    /**
     * Splits at slashes, without empty components and {@code .}; no charset of the JVM involved.
     */
    private static List<String> names(String path) {
        return Arrays.stream(path.split("/"))
                .filter(name -> !name.isEmpty() && !name.equals("."))
                .toList();
    }

    /** Opens the root; the caller closes it. */
    public Dir openRoot() throws LinuxException {
        return Dir.open(root);
    }
}

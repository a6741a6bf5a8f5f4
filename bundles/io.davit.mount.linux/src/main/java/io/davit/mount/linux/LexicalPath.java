package io.davit.mount.linux;

import java.util.ArrayList;
import java.util.List;

/** Paths as text: components without asking the disk, and independent of the JVM's charset. */
final class LexicalPath {
    private LexicalPath() {}

    /** Splits a path at slashes, without empty components and {@code .}. */
    static List<String> names(String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split("/")) {
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }

    /** Takes {@code ..} components out; those that lead above the start are dropped. */
    static List<String> withoutParents(List<String> names) {
        List<String> clean = new ArrayList<>();
        for (String name : names) {
            if (!name.equals("..")) {
                clean.add(name);
            } else if (!clean.isEmpty()) {
                clean.remove(clean.size() - 1);
            }
        }
        return clean;
    }

    /** Makes an absolute path normal. */
    static String clean(String path) {
        return "/" + String.join("/", withoutParents(names(path)));
    }

    /** Says whether a path is absolute and holds neither {@code ..} nor a character no path has. */
    static boolean isPlain(String path) {
        return path.startsWith("/")
                && path.indexOf('\0') < 0
                && path.indexOf('\n') < 0
                && !names(path).contains("..");
    }
}

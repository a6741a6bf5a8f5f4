package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Texts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The directories in the options of an overlay.
 *
 * <p>Source: containerd core/mount (compaction of lower directories), the kernel's overlayfs
 * documentation (separators and escapes).
 */
final class OverlayOptions {
    static final String LOWER = "lowerdir=";

    private OverlayOptions() {}

    /**
     * Options shortened by a working directory.
     *
     * @param workingDirectory where the relative paths start, with a slash at its end; empty if
     *     nothing was shortened
     * @param options the options; the lower directories last
     */
    record Compacted(String workingDirectory, List<String> options) {}

    static String longestCommonPrefix(List<String> texts) {
        if (texts.isEmpty()) {
            return "";
        }
        String prefix = texts.get(0);
        for (String text : texts) {
            int same = 0;
            while (same < Math.min(prefix.length(), text.length())
                    && prefix.charAt(same) == text.charAt(same)) {
                same++;
            }
            prefix = prefix.substring(0, same);
        }
        return prefix;
    }

    /** Finds the lower directories of the first option that has some. */
    static Optional<List<String>> lowerDirs(List<String> options) {
        return options.stream()
                .filter(option -> option.startsWith(LOWER))
                .findFirst()
                .map(option -> split(option.substring(LOWER.length())));
    }

    /** Splits at colons that no backslash escapes; escapes stay. */
    static List<String> split(String dirs) {
        List<String> found = new ArrayList<>();
        StringBuilder dir = new StringBuilder();
        for (int i = 0; i < dirs.length(); i++) {
            char c = dirs.charAt(i);
            if (c == ':') {
                found.add(dir.toString());
                dir.setLength(0);
                continue;
            }
            dir.append(c);
            if (c == '\\' && i + 1 < dirs.length()) {
                dir.append(dirs.charAt(++i));
            }
        }
        found.add(dir.toString());
        return found;
    }

    /** Takes escapes out of a directory. */
    static String unescape(String dir) {
        return dir.replaceAll("\\\\(.)", "$1");
    }

    /** Names lower directories one by one; those behind an empty one hold data alone. */
    static List<String> singly(List<String> dirs) {
        List<String> options = new ArrayList<>();
        String key = "lowerdir+=";
        for (String dir : dirs) {
            if (dir.isEmpty()) {
                key = "datadir+=";
            } else {
                options.add(key + unescape(dir));
            }
        }
        return options;
    }

    /** Makes lower directories relative to what they have in common, if that is a directory. */
    static Compacted compact(List<String> options) {
        List<String> dirs = lowerDirs(options).orElse(List.of());
        String common = parent(longestCommonPrefix(dirs));
        boolean shorter = dirs.stream().allMatch(dir -> dir.length() > common.length() + 1);
        if (dirs.size() < 2 || common.isEmpty() || !shorter) {
            return new Compacted("", options);
        }
        List<String> relative =
                dirs.stream().map(dir -> dir.substring(common.length() + 1)).toList();
        return new Compacted(common + "/", replaceLower(options, relative));
    }

    /** Puts other lower directories in place of the first ones, at the end of the options. */
    static List<String> replaceLower(List<String> options, List<String> dirs) {
        List<String> replaced = new ArrayList<>(options);
        String first = options.stream().filter(o -> o.startsWith(LOWER)).findFirst().orElseThrow();
        replaced.remove(first);
        replaced.add(LOWER + String.join(":", dirs));
        return replaced;
    }

    /**
     * Finds the directory that holds all lower directories.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if there is none below the root
     */
    static String commonDirectory(List<String> dirs) throws DavitException {
        String common = parent(longestCommonPrefix(dirs));
        if (common.isEmpty()) {
            throw Failures.invalid(
                    "lower directories have no directory in common: lowerdir="
                            + Texts.quote(String.join(":", dirs)));
        }
        return common;
    }

    /** Moves directories from below one directory to below another. */
    static List<String> below(List<String> dirs, String common, String mapped) {
        return dirs.stream().map(dir -> below(dir, common, mapped)).toList();
    }

    private static String below(String dir, String common, String mapped) {
        String rest = dir.startsWith(common) ? dir.substring(common.length()) : dir;
        return LexicalPath.clean(mapped + "/" + rest);
    }

    /** Returns what is before the last slash; empty for the root and where there is none. */
    private static String parent(String path) {
        String parent = path.substring(0, Math.max(0, path.lastIndexOf('/')));
        int end = parent.length();
        while (end > 0 && parent.charAt(end - 1) == '/') {
            end--;
        }
        return parent.substring(0, end);
    }
}

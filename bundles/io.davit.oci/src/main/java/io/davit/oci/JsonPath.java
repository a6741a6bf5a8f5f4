package io.davit.oci;

import io.davit.api.names.Texts;

/** Where a reader is in a document; becomes text only when something is wrong there. */
final class JsonPath {
    private static final int LONGEST_NAME = 40;
    private static final int LONGEST = 250;

    private final String what;

    /** At each depth the key, or {@code null} and the index. */
    private final String[] names = new String[Json.DEEPEST + 1];

    private final int[] indexes = new int[Json.DEEPEST + 1];
    private int depth;

    JsonPath(String what) {
        this.what = what;
    }

    /** Goes into an object or array; {@code false} if that is too deep. */
    boolean enter() {
        if (depth == Json.DEEPEST) {
            return false;
        }
        depth++;
        names[depth] = null;
        indexes[depth] = -1;
        return true;
    }

    void leave() {
        depth--;
    }

    void at(String name) {
        names[depth] = name;
    }

    void at(int index) {
        indexes[depth] = index;
    }

    /** One step below a path, in the form a message has it. */
    static String field(String path, String name) {
        return shorten(path + "." + readable(name));
    }

    static String element(String path, int index) {
        return shorten(path + "[" + index + "]");
    }

    private static String readable(String name) {
        boolean plain =
                name.length() <= LONGEST_NAME
                        && name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"');
        if (plain) {
            return name;
        }
        return Texts.quote(name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME));
    }

    private static String shorten(String path) {
        return path.length() <= LONGEST ? path : path.substring(0, LONGEST) + "…";
    }

    @Override
    public String toString() {
        String path = what;
        for (int i = 1; i <= depth; i++) {
            if (names[i] != null) {
                path = field(path, names[i]);
            } else if (indexes[i] >= 0) {
                path = element(path, indexes[i]);
            }
        }
        return path;
    }
}

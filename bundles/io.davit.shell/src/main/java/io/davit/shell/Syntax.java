package io.davit.shell;

import java.util.Set;

/**
 * What may follow a verb.
 *
 * @param least the fewest words besides options
 * @param most the most of them
 * @param values options that have a value
 * @param flags options that have none
 * @param program whether options end at the first word, because the last words are a program's
 */
record Syntax(int least, int most, Set<String> values, Set<String> flags, boolean program) {
    /** Everything is a word: somebody else reads the options. */
    static final Syntax RAW = new Syntax(0, Integer.MAX_VALUE, null, Set.of(), false);

    /** A verb with so many words and no options. */
    static Syntax words(int least, int most) {
        return new Syntax(least, most, Set.of(), Set.of(), false);
    }

    /** A verb whose last words are a program and its arguments. */
    static Syntax program(int least) {
        return new Syntax(least, Integer.MAX_VALUE, Set.of(), Set.of(), true);
    }

    Syntax values(String... names) {
        return new Syntax(least, most, Set.of(names), flags, program);
    }

    Syntax flags(String... names) {
        return new Syntax(least, most, values, Set.of(names), program);
    }

    boolean isRaw() {
        return values == null;
    }
}

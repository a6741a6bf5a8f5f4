package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActiveMount;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A text with actions in double braces, parsed; see {@link TemplateParser} for the grammar.
 *
 * @param parts plain texts and actions, in order
 */
record Template(List<Part> parts) {
    /** A piece of a template. */
    sealed interface Part permits Text, Call {}

    /**
     * Text that stays as it is.
     *
     * @param text the text
     */
    record Text(String text) implements Part {}

    /**
     * An action: what to insert of the mounts {@code first} to {@code last}, in that direction.
     *
     * @param function what to insert
     * @param first an index as written, maybe out of range
     * @param last the other end; equal to {@code first} for all but {@code overlay}
     * @param column where it begins, from 1
     */
    record Call(Function function, int first, int last, int column) implements Part {}

    /** What an action inserts. */
    enum Function {
        /** The source that a mount reports. */
        SOURCE,
        /** The target that a mount reports. */
        TARGET,
        /** The mount point of a mount. */
        MOUNT,
        /** The mount points of a range of mounts, joined with colons. */
        OVERLAY;

        /** How it is written in a template. */
        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        /** How many numbers follow it. */
        int arity() {
            return this == OVERLAY ? 2 : 1;
        }
    }

    Template {
        parts = List.copyOf(parts);
    }

    /** Says whether a text has to be parsed at all. */
    static boolean isTemplate(String text) {
        return text.contains("{{");
    }

    /**
     * Checks that every index lies below a number of mounts.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} with column, index and count
     */
    void check(int count) throws DavitException {
        for (Part part : parts) {
            if (part instanceof Call call) {
                check(call, call.first(), count);
                check(call, call.last(), count);
            }
        }
    }

    private static void check(Call call, int index, int count) {
        if (index < 0 || index >= count) {
            throw TemplateParser.refused(
                    call.column(),
                    call.function().word()
                            + " index="
                            + index
                            + " is out of range: mounts before="
                            + count);
        }
    }

    /**
     * Inserts what the actions ask for. Inserted text is not looked at again.
     *
     * @param active the mounts that the indices count
     * @param escape applied to each mount point that is inserted
     * @param most the most bytes of the result
     * @throws DavitException {@code INVALID_ARGUMENT} for an index out of range or a longer result
     */
    String expand(List<ActiveMount> active, UnaryOperator<String> escape, int most)
            throws DavitException {
        check(active.size());
        StringBuilder out = new StringBuilder();
        for (Part part : parts) {
            if (part instanceof Text text) {
                out.append(text.text());
            } else if (part instanceof Call call) {
                insert(out, call, active, escape, most);
            }
            requireFits(out, most);
        }
        if (out.toString().getBytes(StandardCharsets.UTF_8).length > most) {
            throw tooLong(most);
        }
        return out.toString();
    }

    private static void insert(
            StringBuilder out,
            Call call,
            List<ActiveMount> active,
            UnaryOperator<String> escape,
            int most) {
        int step = call.first() <= call.last() ? 1 : -1;
        for (int i = call.first(); ; i += step) {
            ActiveMount mount = active.get(i);
            out.append(
                    switch (call.function()) {
                        case SOURCE -> mount.mount().source();
                        case TARGET -> mount.mount().target();
                        case MOUNT, OVERLAY -> escape.apply(mount.mountPoint());
                    });
            requireFits(out, most);
            if (i == call.last()) {
                return;
            }
            out.append(':');
        }
    }

    private static void requireFits(StringBuilder out, int most) {
        if (out.length() > most) {
            throw tooLong(most);
        }
    }

    private static DavitException tooLong(int most) {
        return TemplateParser.refused(1, "the result is longer than " + most + " bytes");
    }
}

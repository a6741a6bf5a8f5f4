package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is refused before a mount is performed, because it could not be performed safely. */
final class MountRules {
    private static final int LONGEST_PATH = 4096;
    private static final int MOST_OPTIONS = 64;
    private static final List<String> ONCE = List.of("lowerdir=", "upperdir=", "workdir=");
    private static final List<String> MAY_QUOTE =
            List.of("context=\"", "fscontext=\"", "defcontext=\"", "rootcontext=\"");

    private MountRules() {}

    /**
     * Checks a mount.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} naming what is wrong
     */
    static void require(Mount mount) throws DavitException {
        requirePath("source", mount.source());
        requirePath("target", mount.target());
        long count = mount.options().stream().filter(o -> !o.startsWith("device=")).count();
        if (count > MOST_OPTIONS) {
            throw Failures.invalid("too many options: options=" + count);
        }
        boolean asFuse = FuseHelper.isFor(mount.type());
        Set<String> seen = new HashSet<>();
        for (String option : mount.options()) {
            if (hasControl(option) || (!asFuse && hasComma(option))) {
                throw Failures.invalid("malformed option: option=" + Texts.quote(option));
            }
            for (String once : ONCE) {
                if (option.startsWith(once) && !seen.add(once)) {
                    throw Failures.invalid("option given twice: option=" + Texts.quote(option));
                }
            }
        }
        boolean bind = mount.options().contains("bind") || mount.options().contains("rbind");
        boolean remount = mount.options().contains("remount");
        if (bind && !remount && !LexicalPath.isPlain(mount.source())) {
            throw Failures.invalid(
                    "bind source must be absolute and normal: source="
                            + Texts.quote(mount.source()));
        }
    }

    private static void requirePath(String what, String path) {
        if (path.length() > LONGEST_PATH || hasControl(path)) {
            throw Failures.invalid("malformed " + what + ": " + what + "=" + Texts.quote(path));
        }
    }

    private static boolean hasControl(String text) {
        return text.indexOf('\0') >= 0 || text.indexOf('\n') >= 0;
    }

    /** Says whether mount(2) would take an option for several. */
    private static boolean hasComma(String option) {
        if (MAY_QUOTE.stream().anyMatch(option::startsWith)) {
            int end = option.indexOf('"', option.indexOf('"') + 1);
            return end != option.length() - 1;
        }
        for (int i = 0; i < option.length(); i++) {
            if (option.charAt(i) == '\\') {
                i++;
            } else if (option.charAt(i) == ',') {
                return true;
            }
        }
        return false;
    }
}

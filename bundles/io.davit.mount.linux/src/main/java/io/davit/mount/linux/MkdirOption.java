package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Texts;
import io.davit.linux.Owner;

import java.util.OptionalInt;

/**
 * One {@code X-containerd.mkdir.path=directory[:mode[:uid:gid]]}.
 *
 * @param path the directory
 * @param mode the permission bits asked for
 * @param owner the owner asked for; unchanged if none was
 */
record MkdirOption(String path, OptionalInt mode, Owner owner) {
    static final String PREFIX = "X-containerd.mkdir.";

    private static final String PATH = "path=";
    private static final int MODE_BITS = 0777;
    private static final int MOST_PARTS = 4;

    /** Reads what follows {@link #PREFIX}. */
    static MkdirOption parse(String text) throws DavitException {
        if (!text.startsWith(PATH)) {
            throw malformed(text, "unknown key");
        }
        String[] parts = text.substring(PATH.length()).split(":", MOST_PARTS);
        if (parts.length == MOST_PARTS - 1) {
            throw malformed(text, "user without group");
        }
        Owner owner =
                parts.length == MOST_PARTS
                        ? new Owner(id(text, parts[2]), id(text, parts[3]))
                        : Owner.UNCHANGED;
        OptionalInt mode =
                parts.length > 1 ? OptionalInt.of(mode(text, parts[1])) : OptionalInt.empty();
        return new MkdirOption(parts[0], mode, owner);
    }

    private static int id(String text, String id) {
        if (!id.matches("[0-9]{1,10}") || Long.parseLong(id) > Integer.MAX_VALUE) {
            throw malformed(text, "owner is no number from 0 to 2147483647");
        }
        return Integer.parseInt(id);
    }

    private static int mode(String text, String mode) {
        if (!mode.matches("[0-7]{1,11}") || Long.parseLong(mode, 8) > MODE_BITS) {
            throw malformed(text, "mode is no octal number up to 0777");
        }
        return Integer.parseInt(mode, 8);
    }

    private static DavitException malformed(String text, String why) {
        return Failures.invalid("malformed mkdir option: " + why + ": " + Texts.quote(text));
    }
}

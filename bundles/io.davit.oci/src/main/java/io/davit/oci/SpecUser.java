package io.davit.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import java.util.List;
import java.util.OptionalLong;

/**
 * Who a process runs as.
 *
 * @param uid the user, 0 to 2147483647
 * @param gid the group, 0 to 2147483647
 * @param umask the mask for new files, 0 to 0777; empty to leave it
 * @param additionalGids further groups; copied
 * @since 1.0
 */
public record SpecUser(long uid, long gid, OptionalLong umask, List<Long> additionalGids) {
    /** User and group 0. */
    public static final SpecUser ROOT = new SpecUser(0, 0, OptionalLong.empty(), List.of());

    private static final int MOST_UMASK = 0777;
    private static final int LONGEST_NUMBER = 10;

    /** Copies the groups. */
    public SpecUser {
        additionalGids = List.copyOf(additionalGids);
    }

    /**
     * Reads {@code uid[:gid]}; without a group, group 0.
     *
     * @param text ASCII digits without sign, leading zero or space; not {@code null}
     * @return never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if it is something else or out of range
     */
    public static SpecUser parse(String text) throws DavitException {
        int colon = text.indexOf(':');
        String uid = colon < 0 ? text : text.substring(0, colon);
        String gid = colon < 0 ? "0" : text.substring(colon + 1);
        return new SpecUser(number(uid, text), number(gid, text), OptionalLong.empty(), List.of());
    }

    /** Hand-written, as the library's parsers take signs and the digits of other scripts. */
    private static long number(String digits, String whole) {
        boolean plain =
                !digits.isEmpty()
                        && digits.length() <= LONGEST_NUMBER
                        && digits.chars().allMatch(c -> c >= '0' && c <= '9')
                        && (digits.length() == 1 || digits.charAt(0) != '0');
        long number = plain ? Long.parseLong(digits) : -1;
        if (number < 0 || number > SpecRules.MOST_ID) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "user "
                            + Texts.quote(whole)
                            + " must be uid[:gid], each from 0 to "
                            + SpecRules.MOST_ID);
        }
        return number;
    }

    static SpecUser read(JsonObject user) {
        return new SpecUser(
                user.integer("uid", 0, SpecRules.MOST_ID).orElse(0),
                user.integer("gid", 0, SpecRules.MOST_ID).orElse(0),
                user.integer("umask", 0, MOST_UMASK),
                user.integers("additionalGids", 0, SpecRules.MOST_ID));
    }
}

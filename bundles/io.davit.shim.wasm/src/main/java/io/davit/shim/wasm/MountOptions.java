package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The options of one mount, sorted into what is done, what makes no difference here, and the rest.
 */
final class MountOptions {
    /** True anyway, or about what WebAssembly has not: set-user-ID, devices, propagation, times. */
    private static final Set<String> HARMLESS =
            Set.of(
                    "rw",
                    "bind",
                    "rbind",
                    "nosuid",
                    "nodev",
                    "noexec",
                    "exec",
                    "relatime",
                    "norelatime",
                    "strictatime",
                    "noatime",
                    "nodiratime",
                    "atime",
                    "diratime",
                    "lazytime",
                    "async",
                    "nosymfollow",
                    "private",
                    "rprivate",
                    "slave",
                    "rslave",
                    "shared",
                    "rshared",
                    "unbindable",
                    "runbindable",
                    "defaults",
                    "tmpcopyup",
                    "noswap",
                    "volatile",
                    "userxattr",
                    "index=off",
                    "metacopy=off",
                    "redirect_dir=off",
                    "redirect_dir=nofollow",
                    "xino=off",
                    "xino=auto",
                    "nfs_export=off");

    private final Mount mount;
    private final Map<String, List<String>> values = new HashMap<>();
    private boolean readOnly;

    /**
     * Reads the options.
     *
     * @param known the keys this type of mount understands
     * @throws DavitException {@code NOT_IMPLEMENTED} naming an option that cannot be honoured
     */
    MountOptions(Mount mount, Set<String> known) throws DavitException {
        this.mount = mount;
        for (String each : mount.options()) {
            int equals = each.indexOf('=');
            String key = equals < 0 ? each : each.substring(0, equals);
            if (each.equals("ro") || each.equals("rro")) {
                readOnly = true;
            } else if (each.equals("rw")) {
                readOnly = false;
            } else if (equals > 0 && known.contains(key)) {
                values.computeIfAbsent(key, ignored -> new ArrayList<>())
                        .add(each.substring(equals + 1));
            } else if (!HARMLESS.contains(each)) {
                throw failed(Kind.NOT_IMPLEMENTED, "option is not supported", each);
            }
        }
    }

    boolean readOnly() {
        return readOnly;
    }

    /** The value of an option; {@code null} without it. */
    String value(String key) throws DavitException {
        List<String> all = values.getOrDefault(key, List.of());
        if (all.size() > 1) {
            throw failed(Kind.INVALID_ARGUMENT, "option is given twice", key);
        }
        return all.isEmpty() ? null : all.get(0);
    }

    List<String> all(String key) {
        return values.getOrDefault(key, List.of());
    }

    /** Reads a size in bytes, with k, m, g or % of the most that is allowed. */
    long size(String key, long otherwise, long most) throws DavitException {
        String text = value(key);
        if (text == null) {
            return otherwise;
        }
        int digits = 0;
        while (digits < text.length() && digits < 15 && isDigit(text.charAt(digits))) {
            digits++;
        }
        String unit = text.substring(digits);
        if (digits == 0 || unit.length() > 1) {
            throw failed(Kind.INVALID_ARGUMENT, "is no size", text);
        }
        long number = Long.parseLong(text.substring(0, digits));
        return switch (unit) {
            case "" -> number;
            case "k", "K" -> times(number, 1L << 10);
            case "m", "M" -> times(number, 1L << 20);
            case "g", "G" -> times(number, 1L << 30);
            case "%" -> most / 100 * Math.min(number, 100);
            default -> throw failed(Kind.INVALID_ARGUMENT, "is no size", text);
        };
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static long times(long number, long unit) {
        return number > Long.MAX_VALUE / unit ? Long.MAX_VALUE : number * unit;
    }

    /** A failure that names the mount. */
    DavitException failed(Kind kind, String what, String value) {
        return new DavitException(
                kind,
                "mount "
                        + what
                        + ": type="
                        + Texts.quote(mount.type())
                        + " value="
                        + Texts.quote(value));
    }
}

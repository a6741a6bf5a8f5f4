package io.davit.shim.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

/**
 * The rule for names of runtimes: containerd's dotted names and absolute paths of binaries.
 *
 * <p>Source: containerd runtime v2 shim manager, narrowed to lower case.
 */
final class RuntimeName {
    private static final int LONGEST_NAME = 128;
    private static final int LONGEST_PATH = 4096;

    private RuntimeName() {}

    /** Checks the form of a name. */
    static String require(String runtime) throws DavitException {
        if (runtime.isEmpty()) {
            throw new DavitException(Kind.INVALID_ARGUMENT, "no runtime name");
        }
        boolean ok = runtime.indexOf('/') >= 0 ? isNormalPath(runtime) : isName(runtime);
        if (!ok) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "invalid runtime name "
                            + Texts.quote(runtime)
                            + ": must be of the form io.davit.wasm.v1 or the absolute path of a"
                            + " binary");
        }
        return runtime;
    }

    /** Says whether a well-formed name is the path of a binary. */
    static boolean isPath(String runtime) {
        return runtime.startsWith("/");
    }

    private static boolean isName(String runtime) {
        if (runtime.length() > LONGEST_NAME) {
            return false;
        }
        int parts = 1;
        boolean wantLetter = true;
        for (int i = 0; i < runtime.length(); i++) {
            char c = runtime.charAt(i);
            if (c == '.') {
                if (wantLetter) {
                    return false;
                }
                parts++;
                wantLetter = true;
            } else if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-') {
                wantLetter = false;
            } else {
                return false;
            }
        }
        return parts >= 2 && !wantLetter;
    }

    private static boolean isNormalPath(String runtime) {
        if (runtime.length() > LONGEST_PATH || !isPath(runtime)) {
            return false;
        }
        if (runtime.indexOf('\0') >= 0 || runtime.indexOf('\n') >= 0) {
            return false;
        }
        for (String part : runtime.substring(1).split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return true;
    }
}

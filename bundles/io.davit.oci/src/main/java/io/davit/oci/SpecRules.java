package io.davit.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Texts;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Rules for single values that several parts of a specification share. */
final class SpecRules {
    /** The longest path, in bytes. */
    static final int LONGEST_PATH = 4096;

    /** The greatest user or group: beyond it some runtime or file system wraps around. */
    static final long MOST_ID = Integer.MAX_VALUE;

    /** The greatest size, which every reader of JSON keeps exactly. */
    static final long MOST_SIZE = 1L << 53;

    /** The kernel's longest argument or variable, without its NUL. */
    private static final int LONGEST_ARGUMENT = 131_071;

    private static final long MOST_ARGUMENT_BYTES = 2L << 20;
    private static final int MOST_NAME = 64;

    private SpecRules() {}

    /** A path from the root on, without empty, {@code .} or {@code ..} components. */
    static void requireNormal(JsonObject object, String field, String path) throws DavitException {
        requirePath(object, field, path);
        if (!path.startsWith("/")) {
            throw object.invalid(field, Texts.quote(path) + " must be absolute");
        }
        String[] components = path.split("/");
        for (int i = 1; i < components.length; i++) {
            String component = components[i];
            if (component.isEmpty() || component.equals(".") || component.equals("..")) {
                throw object.invalid(field, Texts.quote(path) + " must be a normal path");
            }
        }
    }

    /** Any path: not empty, not too long, no NUL and no newline. */
    static void requirePath(JsonObject object, String field, String path) throws DavitException {
        if (path.isEmpty()) {
            throw object.invalid(field, "is empty");
        }
        if (path.length() > LONGEST_PATH || bytes(path) > LONGEST_PATH) {
            throw object.invalid(field, "is longer than " + LONGEST_PATH + " bytes");
        }
        if (path.indexOf('\0') >= 0 || path.indexOf('\n') >= 0) {
            throw object.invalid(field, "holds a NUL or a newline");
        }
    }

    /** Text for the kernel: not too long, no NUL. */
    static void requireText(JsonObject object, String field, String text) throws DavitException {
        if (text.length() > LONGEST_PATH || text.indexOf('\0') >= 0) {
            throw object.invalid(field, "holds a NUL or is longer than " + LONGEST_PATH);
        }
    }

    /** A short name of letters, digits and underscores. */
    static void requireName(JsonObject object, String field, String name) throws DavitException {
        if (name.isEmpty()
                || name.length() > MOST_NAME
                || !name.chars().allMatch(SpecRules::isNamed)) {
            throw object.invalid(field, Texts.quote(name) + " is no name");
        }
    }

    private static boolean isNamed(int c) {
        return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_';
    }

    /** Arguments as the kernel takes them. */
    static void requireArguments(JsonObject process, List<String> args) throws DavitException {
        if (args.isEmpty() || args.get(0).isEmpty()) {
            throw process.invalid("args", "must name a program");
        }
        for (int i = 0; i < args.size(); i++) {
            requireArgument(process.element("args", i), args.get(i));
        }
    }

    /** Variables with a name and an equals sign. What they hold is never shown. */
    static void requireEnvironment(JsonObject process, List<String> env) throws DavitException {
        for (int i = 0; i < env.size(); i++) {
            String path = process.element("env", i);
            requireArgument(path, env.get(i));
            if (env.get(i).indexOf('=') < 1) {
                throw JsonObject.refusal(path, "must be a name, =, and a value");
            }
        }
    }

    /** All that goes onto the stack of a new program. */
    static void requireTotal(JsonObject process, List<String> args, List<String> env)
            throws DavitException {
        long total = 0;
        for (String arg : args) {
            total += bytes(arg) + 1;
        }
        for (String variable : env) {
            total += bytes(variable) + 1;
        }
        if (total > MOST_ARGUMENT_BYTES) {
            throw process.invalid("args", "and env are together longer than 2 MiB");
        }
    }

    private static void requireArgument(String path, String argument) {
        if (argument.length() > LONGEST_ARGUMENT || bytes(argument) > LONGEST_ARGUMENT) {
            throw JsonObject.refusal(path, "is longer than " + LONGEST_ARGUMENT + " bytes");
        }
        if (argument.indexOf('\0') >= 0) {
            throw JsonObject.refusal(path, "holds a NUL");
        }
    }

    /** A directory to start in: no descriptor of the runtime's can be meant. */
    static void requireCwd(JsonObject process, String cwd) throws DavitException {
        requireNormal(process, "cwd", cwd);
        if (isBelow(cwd, "/proc") || isBelow(cwd, "/dev/fd")) {
            throw process.invalid("cwd", Texts.quote(cwd) + " must not be below /proc or /dev/fd");
        }
    }

    /** Whether a path is another or lies below it. */
    static boolean isBelow(String path, String top) {
        return path.equals(top) || path.startsWith(top.equals("/") ? top : top + "/");
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}

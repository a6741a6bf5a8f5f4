package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.mount.manager.Template.Call;
import io.davit.mount.manager.Template.Function;
import io.davit.mount.manager.Template.Part;
import io.davit.mount.manager.Template.Text;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads templates in one pass, without recursion.
 *
 * <pre>
 * action  = "{{" ["- "] blank* (call | string) blank* [" -"] "}}"
 * call    = ("source" | "target" | "mount") blank+ int | "overlay" blank+ int blank+ int
 * int     = "-"? ("0" | [1-9][0-9]{0,8})
 * string  = '"' (character | "\\" ('"' | "\\"))* '"'
 * blank   = space | tab
 * </pre>
 *
 * A marker {@code -} removes the white space around the action on its side. Source: the subset of
 * Go's {@code text/template} that containerd's snapshotters use.
 */
final class TemplateParser {
    private static final int MOST_DIGITS = 9;

    private final String text;
    private final List<Part> parts = new ArrayList<>();
    private int at;

    /** Whether the action before removes the white space that follows it. */
    private boolean trimNext;

    private TemplateParser(String text) {
        this.text = text;
    }

    /**
     * Parses a text.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} with the column, counted from 1
     */
    static Template parse(String text) throws DavitException {
        TemplateParser parser = new TemplateParser(text);
        while (parser.at < text.length()) {
            parser.plain();
        }
        return new Template(parser.parts);
    }

    /** Makes the error of a template. */
    static DavitException refused(int column, String why) {
        return new DavitException(
                Kind.INVALID_ARGUMENT, "invalid template: column=" + column + ": " + why);
    }

    /** Reads text up to the next action, and that action. */
    private void plain() {
        int open = text.indexOf("{{", at);
        int end = open < 0 ? text.length() : open;
        boolean marked =
                open >= 0
                        && open + 3 < text.length()
                        && text.charAt(open + 2) == '-'
                        && isBlank(text.charAt(open + 3));
        addText(trimmed(at, end, marked));
        at = end;
        trimNext = false;
        if (open >= 0) {
            at = open + (marked ? 3 : 2);
            action(open + 1);
        }
    }

    private String trimmed(int from, int to, boolean trimEnd) {
        int first = from;
        int last = to;
        while (trimNext && first < last && isSpace(text.charAt(first))) {
            first++;
        }
        while (trimEnd && first < last && isSpace(text.charAt(last - 1))) {
            last--;
        }
        return text.substring(first, last);
    }

    private void addText(String plain) {
        if (!plain.isEmpty()) {
            parts.add(new Text(plain));
        }
    }

    private void action(int column) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == '"') {
            addText(string());
        } else {
            parts.add(call(column));
        }
        close(column);
    }

    private Call call(int column) {
        String word = word();
        for (Function function : Function.values()) {
            if (function.word().equals(word)) {
                int first = integer(function);
                int last = function.arity() == 2 ? integer(function) : first;
                return new Call(function, first, last, column);
            }
        }
        throw refused(
                at - word.length() + 1,
                word.isEmpty()
                        ? "an action names source, target, mount or overlay"
                        : "unknown function " + Texts.quote(word));
    }

    private String word() {
        int from = at;
        while (at < text.length() && isWord(text.charAt(at))) {
            at++;
        }
        return text.substring(from, at);
    }

    private int integer(Function function) {
        int before = at;
        skipBlanks();
        int from = at;
        if (at < text.length() && text.charAt(at) == '-') {
            at++;
        }
        int digits = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        int count = at - digits;
        boolean zeros = count > 1 && text.charAt(digits) == '0';
        if (from == before || count == 0 || zeros || at < text.length() && !endsNumber()) {
            throw refused(
                    from + 1, function.word() + " takes " + function.arity() + " plain number(s)");
        }
        if (count > MOST_DIGITS) {
            throw refused(
                    from + 1,
                    function.word()
                            + " index="
                            + Texts.quote(text.substring(from, at))
                            + " is out of range");
        }
        return Integer.parseInt(text, from, at, 10);
    }

    private boolean endsNumber() {
        return isBlank(text.charAt(at)) || text.charAt(at) == '}';
    }

    private String string() {
        StringBuilder out = new StringBuilder();
        int open = at++;
        while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\n') {
            char c = text.charAt(at++);
            if (c == '\\') {
                if (at == text.length() || "\"\\".indexOf(text.charAt(at)) < 0) {
                    throw refused(at, "a string escapes only \\\" and \\\\");
                }
                c = text.charAt(at++);
            }
            out.append(c);
        }
        if (at == text.length() || text.charAt(at) == '\n') {
            throw refused(open + 1, "string is not closed");
        }
        at++;
        return out.toString();
    }

    private void close(int column) {
        int before = at;
        skipBlanks();
        if (at > before && text.startsWith("-}}", at)) {
            trimNext = true;
            at++;
        }
        if (!text.startsWith("}}", at)) {
            throw at >= text.length()
                    ? refused(column, "action is not closed")
                    : refused(at + 1, "expected the end of the action");
        }
        at += 2;
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isSpace(char c) {
        return isBlank(c) || c == '\r' || c == '\n';
    }

    private static boolean isWord(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }
}

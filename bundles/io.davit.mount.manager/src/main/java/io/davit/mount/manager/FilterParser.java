package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.mount.manager.Filter.Operator;
import io.davit.mount.manager.Filter.Selector;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads containerd's filter language.
 *
 * <pre>
 * filter   = [selector ("," selector)*]
 * selector = path [operator value]
 * path     = field ("." field)*
 * field    = [A-Za-z0-9_]+ | quoted
 * operator = "==" | "!=" | "~="
 * value    = quoted | graphic characters without "," and white space
 * </pre>
 *
 * Source: containerd {@code pkg/filters}. Expressions are Java's, with a bounded length.
 */
final class FilterParser {
    private static final int LONGEST = 4096;
    private static final int LONGEST_EXPRESSION = 256;

    private final String text;
    private int at;

    private FilterParser(String text) {
        this.text = text;
    }

    /**
     * Parses one filter.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} with the place where it is malformed
     */
    static Filter parse(String text) throws DavitException {
        if (text.length() > LONGEST) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT, "filters: longer than " + LONGEST + " characters");
        }
        FilterParser parser = new FilterParser(text);
        List<Selector> selectors = new ArrayList<>();
        parser.skipSpace();
        while (parser.at < text.length()) {
            selectors.add(parser.selector());
            parser.separator();
        }
        return new Filter(selectors);
    }

    private void separator() {
        skipSpace();
        if (at == text.length()) {
            return;
        }
        if (text.charAt(at) != ',') {
            throw refused("expected a comma or the end");
        }
        at++;
        skipSpace();
        if (at == text.length()) {
            throw refused("expected a selector");
        }
    }

    private Selector selector() {
        List<String> path = new ArrayList<>();
        path.add(field());
        skipSpace();
        while (at < text.length() && text.charAt(at) == '.') {
            at++;
            skipSpace();
            path.add(field());
            skipSpace();
        }
        Optional<Operator> operator = operator();
        if (operator.isEmpty()) {
            return new Selector(path, Operator.PRESENT, "", Optional.empty());
        }
        skipSpace();
        boolean expression = operator.get() == Operator.MATCHES;
        String value = value(expression);
        return new Selector(
                path, operator.get(), value, expression ? compile(value) : Optional.empty());
    }

    private String field() {
        if (at < text.length() && text.charAt(at) == '"') {
            return quoted('"');
        }
        int from = at;
        while (at < text.length() && isField(text.charAt(at))) {
            at++;
        }
        if (from == at) {
            throw refused("expected a field");
        }
        return text.substring(from, at);
    }

    private Optional<Operator> operator() {
        for (Operator operator : List.of(Operator.EQUAL, Operator.NOT_EQUAL, Operator.MATCHES)) {
            String sign =
                    switch (operator) {
                        case EQUAL -> "==";
                        case NOT_EQUAL -> "!=";
                        default -> "~=";
                    };
            if (text.startsWith(sign, at)) {
                at += 2;
                return Optional.of(operator);
            }
        }
        return Optional.empty();
    }

    private String value(boolean expression) {
        if (at < text.length()) {
            char first = text.charAt(at);
            if (first == '"' || expression && (first == '/' || first == '|')) {
                return quoted(first);
            }
            if (".,=!~|/".indexOf(first) >= 0) {
                throw refused("a value cannot begin like that without quotes");
            }
        }
        int from = at;
        while (at < text.length() && isValue(text.charAt(at))) {
            at++;
        }
        if (from == at) {
            throw refused("expected a value");
        }
        return text.substring(from, at);
    }

    /** Reads quoted text. Between slashes and bars only the sign itself is escaped. */
    private String quoted(char sign) {
        StringBuilder out = new StringBuilder();
        at++;
        while (at < text.length() && text.charAt(at) != sign) {
            char c = text.charAt(at++);
            if (c == '\\' && at < text.length() && (sign == '"' || text.charAt(at) == sign)) {
                c = sign == '"' ? escaped() : text.charAt(at++);
            }
            out.append(c);
        }
        if (at == text.length()) {
            throw refused("quote is not closed");
        }
        at++;
        return out.toString();
    }

    private char escaped() {
        char c = text.charAt(at++);
        return switch (c) {
            case '\\', '"' -> c;
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'x' -> code(2);
            case 'u' -> code(4);
            default -> throw refused("unknown escape");
        };
    }

    private char code(int digits) {
        int end = at + digits;
        int value = 0;
        for (; at < end; at++) {
            int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0 || text.charAt(at) > '~') {
                throw refused("expected " + digits + " hexadecimal digits");
            }
            value = value * 16 + digit;
        }
        return (char) value;
    }

    private static Optional<Pattern> compile(String expression) {
        try {
            return expression.length() > LONGEST_EXPRESSION
                    ? Optional.empty()
                    : Optional.of(Pattern.compile(expression));
        } catch (PatternSyntaxException expected) {
            return Optional.empty();
        }
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isField(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }

    private static boolean isValue(char c) {
        return c != ',' && !Character.isWhitespace(c) && !Character.isISOControl(c);
    }

    private DavitException refused(String why) {
        String before =
                text.substring(
                        Math.max(0, Math.min(at, text.length()) - 40), Math.min(at, text.length()));
        String here = at < text.length() ? text.substring(at, at + 1) : "";
        String after =
                at < text.length() ? text.substring(at + 1, Math.min(text.length(), at + 41)) : "";
        return new DavitException(
                Kind.INVALID_ARGUMENT,
                "filters: parse error: [" + before + " >|" + here + "|< " + after + "]: " + why);
    }
}

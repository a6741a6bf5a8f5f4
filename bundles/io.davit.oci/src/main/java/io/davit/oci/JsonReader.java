package io.davit.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one document, by recursive descent that nesting bounds. Used once, on one thread. */
final class JsonReader {
    private static final int HEX = 16;
    private static final int UNICODE_DIGITS = 4;

    /** Digits that always fit into a long. */
    private static final int SAFE_DIGITS = 18;

    private final String text;
    private final JsonPath path;
    private int at;

    JsonReader(String what, String text) {
        this.text = text;
        this.path = new JsonPath(what);
    }

    /** Reads the document and nothing behind it. */
    Object document() {
        skipSpace();
        Object value = value();
        skipSpace();
        if (at < text.length()) {
            throw unexpected("text behind the document");
        }
        return value;
    }

    private Object value() {
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", Boolean.TRUE);
            case 'f' -> word("false", Boolean.FALSE);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, Object> object() {
        enter();
        Map<String, Object> object = new LinkedHashMap<>();
        boolean more = !isNext('}');
        while (more) {
            String name = name();
            path.at(name);
            if (object.containsKey(name)) {
                throw failure("key is there twice");
            }
            object.put(name, value());
            more = isMore('}');
        }
        path.leave();
        return object.isEmpty() ? Map.of() : Collections.unmodifiableMap(object);
    }

    private String name() {
        if (peek() != '"') {
            throw unexpected("a key must be a string");
        }
        String name = string();
        skipSpace();
        expect(':');
        skipSpace();
        return name;
    }

    private List<Object> array() {
        enter();
        List<Object> array = new ArrayList<>();
        boolean more = !isNext(']');
        while (more) {
            path.at(array.size());
            array.add(value());
            more = isMore(']');
        }
        path.leave();
        return array.isEmpty() ? List.of() : Collections.unmodifiableList(array);
    }

    /** Steps over an opening bracket. */
    private void enter() {
        at++;
        if (!path.enter()) {
            throw failure("nested deeper than " + Json.DEEPEST);
        }
        skipSpace();
    }

    /** Steps over the bracket if it is next. */
    private boolean isNext(char bracket) {
        if (peek() == bracket) {
            at++;
            return true;
        }
        return false;
    }

    /** Steps over a comma, or over the closing bracket. */
    private boolean isMore(char bracket) {
        skipSpace();
        if (isNext(bracket)) {
            return false;
        }
        expect(',');
        skipSpace();
        return true;
    }

    private String string() {
        int start = ++at;
        while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\\') {
            requirePrintable();
            at++;
        }
        String plain = text.substring(start, at);
        String value = peek() == '"' ? plain : escaped(new StringBuilder(plain));
        expect('"');
        requirePairs(value);
        return value;
    }

    private String escaped(StringBuilder out) {
        while (peek() != '"') {
            requirePrintable();
            char c = text.charAt(at++);
            out.append(c == '\\' ? escape() : c);
        }
        return out.toString();
    }

    private char escape() {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> {
                at--;
                throw unexpected("no escape");
            }
        };
    }

    private char unicode() {
        int code = 0;
        for (int i = 0; i < UNICODE_DIGITS; i++) {
            char c = peek();
            int digit = c < 0x80 ? Character.digit(c, HEX) : -1;
            if (digit < 0) {
                throw unexpected("four hexadecimal digits must follow \\u");
            }
            code = code * HEX + digit;
            at++;
        }
        return (char) code;
    }

    private void requirePrintable() {
        if (text.charAt(at) < ' ') {
            throw unexpected("control character in a string");
        }
    }

    private void requirePairs(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw failure("lone surrogate in a string");
            }
        }
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) {
            throw unexpected("no value");
        }
        at += word.length();
        return value;
    }

    private Object number() {
        int start = at;
        if (peek() == '-') {
            at++;
        }
        int whole = at;
        int digits = digits();
        if (digits == 0) {
            throw unexpected("no value");
        }
        if (digits > 1 && text.charAt(whole) == '0') {
            at = whole;
            throw unexpected("number with a leading zero");
        }
        boolean integer = !fraction() & !exponent();
        String number = text.substring(start, at);
        return integer ? integer(number, digits) : new JsonNumber(number);
    }

    private static Object integer(String number, int digits) {
        if (number.equals("-0") || digits > SAFE_DIGITS + 1) {
            return new JsonNumber(number);
        }
        if (digits <= SAFE_DIGITS) {
            return Long.valueOf(number);
        }
        try {
            return Long.valueOf(number);
        } catch (NumberFormatException e) {
            return new JsonNumber(number);
        }
    }

    private boolean fraction() {
        if (at >= text.length() || text.charAt(at) != '.') {
            return false;
        }
        at++;
        if (digits() == 0) {
            throw unexpected("a digit must follow the point");
        }
        return true;
    }

    private boolean exponent() {
        if (at >= text.length() || (text.charAt(at) | ' ') != 'e') {
            return false;
        }
        at++;
        if (peek() == '+' || peek() == '-') {
            at++;
        }
        if (digits() == 0) {
            throw unexpected("a digit must be in the exponent");
        }
        return true;
    }

    private int digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at - start;
    }

    private void skipSpace() {
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    private char peek() {
        if (at >= text.length()) {
            throw failure("text ends too early");
        }
        return text.charAt(at);
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw unexpected("'" + wanted + "' must follow");
        }
        at++;
    }

    /** Names the character by its code alone: it may be part of a secret. */
    private DavitException unexpected(String why) {
        if (at >= text.length()) {
            return failure("text ends too early");
        }
        return failure(why + String.format(": character=U+%04X", (int) text.charAt(at)));
    }

    private DavitException failure(String why) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(at, text.length()); i++) {
            boolean end = text.charAt(i) == '\n';
            line += end ? 1 : 0;
            column = end ? 1 : column + 1;
        }
        String where = " line=" + line + " column=" + column;
        return new DavitException(Kind.INVALID_ARGUMENT, path + ": " + why + where);
    }
}

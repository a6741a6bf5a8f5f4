package io.davit.api.names;

/**
 * Foreign text made fit for a message of one line.
 *
 * @since 1.0
 */
public final class Texts {
    private static final int LONGEST = 100;

    private Texts() {}

    /**
     * Quotes a value: control characters, quotes and everything outside ASCII escaped, cut at 100
     * characters. Reads no more of the value than it prints.
     *
     * @param value any text; may be {@code null}
     * @return the text in double quotes, or {@code null} without quotes
     */
    public static String quote(CharSequence value) {
        if (value == null) {
            return "null";
        }
        StringBuilder out = new StringBuilder("\"");
        int end = Math.min(value.length(), LONGEST);
        for (int i = 0; i < end; i++) {
            append(out, value.charAt(i));
        }
        out.append('"');
        if (value.length() > LONGEST) {
            out.append("… (").append(value.length()).append(" characters)");
        }
        return out.toString();
    }

    private static void append(StringBuilder out, char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (c < ' ' || c > '~') {
                    out.append(String.format("\\u%04x", (int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }
}

package io.davit.oci;

/**
 * The size of a terminal, in characters.
 *
 * @param height lines, 0 to 65535
 * @param width columns, 0 to 65535
 * @since 1.0
 */
public record SpecConsole(int height, int width) {
    private static final int MOST = 0xffff;

    static SpecConsole read(JsonObject size) {
        return new SpecConsole(
                (int) size.integer("height", 0, MOST).orElse(0),
                (int) size.integer("width", 0, MOST).orElse(0));
    }
}

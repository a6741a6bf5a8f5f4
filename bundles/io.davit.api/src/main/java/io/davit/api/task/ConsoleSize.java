package io.davit.api.task;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

/**
 * The size of a terminal in characters.
 *
 * @param width columns, 1 to 65,535
 * @param height rows, 1 to 65,535
 * @since 1.0
 */
public record ConsoleSize(int width, int height) {
    /**
     * Checks the size.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if it is out of range
     */
    public ConsoleSize {
        if (width < 1 || width > 65_535 || height < 1 || height > 65_535) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "console size must be 1 to 65535: width=" + width + " height=" + height);
        }
    }
}

package io.davit.linux;

import java.nio.charset.StandardCharsets;

/** Reads what a symbolic link says. */
final class Links {
    private static final int LONGEST = 4096;

    private Links() {}

    /**
     * Reads a link by its name in a directory; an empty name means the directory descriptor itself.
     */
    static String read(int dir, byte[] name, String path) throws LinuxException {
        byte[] text = new byte[LONGEST];
        long length = LibC.readlinkat(dir, name, text, LONGEST);
        LibC.check(length, "readlinkat", path);
        return new String(text, 0, (int) length, StandardCharsets.UTF_8);
    }
}

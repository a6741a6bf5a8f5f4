package io.davit.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One name in a directory.
 *
 * @param name the name; bytes that are no UTF-8 are replaced, so that such a name only displays
 * @param type what it is; {@link FileType#UNKNOWN} on filesystems that do not tell
 */
public record DirectoryEntry(String name, FileType type) {
    /** A name as the kernel has it. */
    record Raw(byte[] name, FileType type) {
        DirectoryEntry readable() {
            return new DirectoryEntry(text(), type);
        }

        String text() {
            return new String(name, StandardCharsets.UTF_8);
        }
    }

    private static final int BUFFER = 32768;
    private static final int HEADER = 19;

    /**
     * Reads the next entries of an open directory; empty at its end. {@code .} and {@code ..} are
     * left out.
     */
    static List<Raw> next(int fd, String path) throws LinuxException {
        byte[] buffer = new byte[BUFFER];
        List<Raw> found = new ArrayList<>();
        while (found.isEmpty()) {
            int length = (int) LibC.check(LibC.getdents64(fd, buffer, BUFFER), "getdents64", path);
            if (length == 0) {
                break;
            }
            parse(ByteBuffer.wrap(buffer, 0, length).order(ByteOrder.nativeOrder()), found);
        }
        return found;
    }

    private static void parse(ByteBuffer b, List<Raw> into) {
        for (int at = 0; at < b.limit(); at += Short.toUnsignedInt(b.getShort(at + 16))) {
            int end = at + HEADER;
            while (b.get(end) != 0) {
                end++;
            }
            byte[] name = new byte[end - at - HEADER];
            b.get(at + HEADER, name);
            boolean self = name.length == 1 && name[0] == '.';
            boolean parent = name.length == 2 && name[0] == '.' && name[1] == '.';
            if (!self && !parent) {
                into.add(new Raw(name, FileType.ofEntry(b.get(at + 18))));
            }
        }
    }
}

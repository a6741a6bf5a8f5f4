package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;
import io.davit.linux.FileStatus;
import io.davit.linux.FileType;
import io.davit.linux.LinuxException;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The bytes by which a file or device says which filesystem is in it. Looked at before a loop
 * device is attached, because the kernel's answer to a wrong one is the same as to a wrong option.
 *
 * @param types the types of mounts that take it
 * @param at where the bytes are
 * @param magic the bytes
 */
record Superblock(List<String> types, int at, byte[] magic) {
    private static final List<Superblock> KNOWN =
            List.of(
                    of(1080, "53ef", "ext2", "ext3", "ext4"),
                    of(0, "58465342", "xfs"),
                    of(0, "68737173", "squashfs"),
                    of(1024, "e2e1f5e0", "erofs"));

    private static Superblock of(int at, String magic, String... types) {
        return new Superblock(List.of(types), at, HexFormat.of().parseHex(magic));
    }

    /**
     * Requires that the source of a mount holds a filesystem of its type. Says nothing about types
     * that have no image, and about sources that cannot be read.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if it holds none, or another one
     */
    static void require(Mount mount) throws DavitException {
        String source = mount.source();
        if (mount.options().contains("remount") || !hasContent(source)) {
            return;
        }
        for (Superblock each : KNOWN) {
            if (each.types.contains(mount.type()) && !each.isIn(source)) {
                throw new DavitException(
                        Kind.INVALID_ARGUMENT,
                        "no filesystem of this type: type=%s source=%s found=%s"
                                .formatted(
                                        Texts.quote(mount.type()),
                                        Texts.quote(source),
                                        found(source)));
            }
        }
    }

    private static boolean hasContent(String source) {
        try {
            FileType type = source.startsWith("/") ? FileStatus.at(source).type() : null;
            return type == FileType.REGULAR || type == FileType.BLOCK_DEVICE;
        } catch (LinuxException missing) {
            return false;
        }
    }

    private static String found(String source) {
        return KNOWN.stream()
                .filter(each -> each.isIn(source))
                .map(each -> each.types.get(each.types.size() - 1))
                .findFirst()
                .orElse("none");
    }

    /** What cannot be read is left to the mount, which says why. */
    private boolean isIn(String source) {
        byte[] there = new byte[magic.length];
        try (RandomAccessFile file = new RandomAccessFile(source, "r")) {
            file.seek(at);
            int read = file.read(there);
            return read == there.length && Arrays.equals(there, magic);
        } catch (IOException unreadable) {
            return true;
        }
    }
}

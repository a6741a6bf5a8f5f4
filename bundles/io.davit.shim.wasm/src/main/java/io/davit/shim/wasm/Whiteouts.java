package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Map;

/**
 * How a layer of an overlay says that something below is gone.
 *
 * <p>Read: files {@code .wh.NAME} and {@code .wh..wh..opq} as in OCI image layers, character
 * devices 0:0 and the attribute {@code user.overlay.opaque} as the kernel writes them. Written:
 * files, which need no privilege. Guests see none of them.
 */
final class Whiteouts {
    private static final String PREFIX = ".wh.";
    private static final String OPAQUE = PREFIX + PREFIX + ".opq";
    private static final String OPAQUE_ATTRIBUTE = "overlay.opaque";
    private static final int FORMAT = 0170000;
    private static final int CHARACTER_DEVICE = 0020000;

    private Whiteouts() {}

    /** Says whether a name is a mark and not a file. */
    static boolean isMark(String name) {
        return name.startsWith(PREFIX);
    }

    /** Says whether a layer hides a name, of which the type in that layer is known. */
    static boolean hides(HostDir layer, String name, FileType type) throws ErrnoException {
        return type == FileType.UNKNOWN && isDevice(layer, name)
                || layer.typeOrNull(PREFIX + name) != null;
    }

    private static boolean isDevice(HostDir layer, String name) {
        try {
            Path path = layer.handle().path().resolve(name);
            Map<String, Object> found =
                    Files.readAttributes(path, "unix:mode,rdev", LinkOption.NOFOLLOW_LINKS);
            return ((Number) found.get("rdev")).longValue() == 0
                    && (((Number) found.get("mode")).intValue() & FORMAT) == CHARACTER_DEVICE;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Hides a name of the layers below. */
    static void create(HostDir upper, String name) throws ErrnoException {
        try {
            upper.openFile(PREFIX + name, new OpenHow(false, true, true, true, false)).close();
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EXIST) {
                throw e;
            }
        }
    }

    /** Shows a name again; says whether it was hidden by this layer. */
    static boolean remove(HostDir upper, String name) throws ErrnoException {
        if (upper.typeOrNull(PREFIX + name) == null) {
            return false;
        }
        upper.removeFile(PREFIX + name);
        return true;
    }

    /** Removes a device that stands for a whiteout, so that its name can be used. */
    static boolean removeDevice(HostDir upper, String name) throws ErrnoException {
        if (upper.typeOrNull(name) != FileType.UNKNOWN || !isDevice(upper, name)) {
            return false;
        }
        upper.removeFile(name);
        return true;
    }

    /** Cuts a directory off from what is below it. */
    static void makeOpaque(HostDir upper) throws ErrnoException {
        create(upper, OPAQUE.substring(PREFIX.length()));
    }

    static boolean isOpaque(HostDir layer) throws ErrnoException {
        return layer.typeOrNull(OPAQUE) != null || hasOpaqueAttribute(layer);
    }

    private static boolean hasOpaqueAttribute(HostDir layer) {
        UserDefinedFileAttributeView view =
                Files.getFileAttributeView(
                        layer.handle().path(),
                        UserDefinedFileAttributeView.class,
                        LinkOption.NOFOLLOW_LINKS);
        try {
            if (view == null || !view.list().contains(OPAQUE_ATTRIBUTE)) {
                return false;
            }
            ByteBuffer value = ByteBuffer.allocate(view.size(OPAQUE_ATTRIBUTE));
            view.read(OPAQUE_ATTRIBUTE, value);
            return new String(value.array(), StandardCharsets.US_ASCII).equals("y");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Removes all marks of a directory that looks empty to guests. */
    static void clear(HostDir upper) throws ErrnoException {
        try (Entries entries = upper.list()) {
            for (Entries.Entry each = entries.next(); each != null; each = entries.next()) {
                if (isMark(each.name()) || each.type() == FileType.UNKNOWN) {
                    upper.removeFile(each.name());
                }
            }
        }
    }
}

package io.davit.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads files of the kernel (below {@code /proc} and {@code /sys}) whole, up to a limit. */
public final class SmallFiles {
    private SmallFiles() {}

    /**
     * Reads a file.
     *
     * @param path a path that the caller trusts
     * @param limit the most bytes; more is {@code EFBIG}
     */
    public static byte[] read(Path path, int limit) throws LinuxException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] all = in.readNBytes(limit + 1);
            if (all.length > limit) {
                String why = "more than " + limit + " bytes";
                throw new LinuxException(Errno.EFBIG, "read", path.toString(), why);
            }
            return all;
        } catch (LinuxException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new LinuxException(Errno.ENOENT.number(), "open", path.toString());
        } catch (IOException e) {
            throw failure(path, e);
        }
    }

    /** Reads a file as UTF-8. */
    public static String readText(Path path, int limit) throws LinuxException {
        return new String(read(path, limit), StandardCharsets.UTF_8);
    }

    /** Finds the error number behind what the JDK throws for files of processes that have ended. */
    private static LinuxException failure(Path path, IOException e) {
        String text = String.valueOf(e.getMessage());
        Errno errno = text.contains("No such process") ? Errno.ESRCH : Errno.EIO;
        errno = e instanceof java.nio.file.AccessDeniedException ? Errno.EACCES : errno;
        LinuxException failure = new LinuxException(errno, "read", path.toString(), text);
        failure.initCause(e);
        return failure;
    }
}

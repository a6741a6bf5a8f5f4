package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.api.task.Stdio;
import io.davit.linux.Descriptor;
import io.davit.linux.Dir;
import io.davit.linux.Errno;
import io.davit.linux.FileType;
import io.davit.linux.LinuxException;
import io.davit.linux.OpenFlag;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/** Opens what a caller names as the streams of a process: named pipes and files that exist. */
final class StdioFiles {
    private static final Set<OpenFlag> PLACE = EnumSet.of(OpenFlag.PATH, OpenFlag.NOFOLLOW);
    private static final Set<OpenFlag> READ = EnumSet.of(OpenFlag.READ, OpenFlag.NONBLOCK);
    private static final Set<OpenFlag> BOTH =
            EnumSet.of(OpenFlag.READ, OpenFlag.WRITE, OpenFlag.NONBLOCK);
    private static final Set<OpenFlag> APPEND = EnumSet.of(OpenFlag.WRITE, OpenFlag.APPEND);

    private StdioFiles() {}

    /** Opens a source; does not wait for its writer. */
    static InputStream input(Stdio.Uri uri) throws DavitException {
        try (Descriptor place = Descriptor.open(uri.path(), PLACE)) {
            requireType(place, uri);
            // A file is always ready to read, so that the same stream serves both.
            return new FifoInput(Descriptor.open(place.procPath().toString(), READ));
        } catch (LinuxException e) {
            throw Failures.of("open standard input", e);
        }
    }

    /** Opens a sink; does not wait for its reader. */
    static OutputStream output(Stdio.Uri uri) throws DavitException {
        makeFile(uri);
        try (Descriptor place = Descriptor.open(uri.path(), PLACE)) {
            Set<OpenFlag> flags = requireType(place, uri) == FileType.FIFO ? BOTH : APPEND;
            return new FifoOutput(Descriptor.open(place.procPath().toString(), flags));
        } catch (LinuxException e) {
            throw Failures.of("open standard output", e);
        }
    }

    /** A file that is named as a file may be missing. */
    private static void makeFile(Stdio.Uri uri) throws DavitException {
        if (!uri.value().regionMatches(true, 0, "file://", 0, 7)) {
            return;
        }
        Path path = Path.of(uri.path());
        try (Dir dir = Dir.open(path.getParent())) {
            dir.create(path.getFileName().toString(), 0600).close();
        } catch (LinuxException e) {
            if (!e.is(Errno.EEXIST)) {
                throw Failures.of("make file for standard output", e);
            }
        }
    }

    /** Looks at what is opened then, not at what is at the path then. */
    private static FileType requireType(Descriptor place, Stdio.Uri uri)
            throws LinuxException, DavitException {
        FileType type = place.status().type();
        if (type != FileType.FIFO && type != FileType.REGULAR) {
            throw new DavitException(
                    Kind.PERMISSION_DENIED,
                    "neither a named pipe nor a file: path=" + Texts.quote(uri.path()));
        }
        return type;
    }
}

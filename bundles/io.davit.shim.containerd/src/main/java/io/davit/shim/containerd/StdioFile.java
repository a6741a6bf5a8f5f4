package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.api.task.Stdio;
import io.davit.linux.Descriptor;
import io.davit.linux.FileType;
import io.davit.linux.LinuxException;
import io.davit.linux.OpenFlag;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;

/** What a caller names as a stream of a process: a named pipe or a file, both existing. */
final class StdioFile {
    private static final Set<OpenFlag> PLACE = EnumSet.of(OpenFlag.PATH, OpenFlag.NOFOLLOW);
    private static final Set<OpenFlag> BOTH =
            EnumSet.of(OpenFlag.READ, OpenFlag.WRITE, OpenFlag.NONBLOCK);

    private StdioFile() {}

    /** Says whether a source is a named pipe. */
    static boolean isPipe(Stdio.Uri uri) throws DavitException {
        try (Descriptor place = Descriptor.open(uri.path(), PLACE)) {
            return requireType(place, uri) == FileType.FIFO;
        } catch (LinuxException e) {
            throw failure(uri, e);
        }
    }

    /** Opens a file to read from. */
    static InputStream source(Stdio.Uri uri) throws DavitException {
        try (Descriptor place = Descriptor.open(uri.path(), PLACE)) {
            return Files.newInputStream(place.procPath());
        } catch (LinuxException e) {
            throw failure(uri, e);
        } catch (IOException e) {
            throw new DavitException(
                    Kind.INTERNAL, "cannot open stdin: path=" + Texts.quote(uri.path()), e);
        }
    }

    /**
     * Checks a sink.
     *
     * @param hold takes an open end of a pipe, without which the shim would wait for a reader
     * @return what the shim is told
     */
    static String sink(Stdio.Uri uri, Consumer<Descriptor> hold) throws DavitException {
        try (Descriptor place = Descriptor.open(uri.path(), PLACE)) {
            if (requireType(place, uri) == FileType.FIFO) {
                hold.accept(Descriptor.open(place.procPath().toString(), BOTH));
            }
            return uri.path();
        } catch (LinuxException e) {
            throw failure(uri, e);
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

    private static DavitException failure(Stdio.Uri uri, LinuxException e) {
        return Failures.isMissing(e)
                ? new DavitException(
                        Kind.NOT_FOUND, "no such stream: path=" + Texts.quote(uri.path()), e)
                : Failures.of("open stream " + Texts.quote(uri.path()), e);
    }
}

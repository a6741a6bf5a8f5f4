package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.api.task.Stdio;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/** Makes the standard streams of a process from what its caller asked for. */
final class StdioOpener {
    private static final String NOTHING = "/dev/null";
    private static final int FORMAT = 0170000;
    private static final int FIFO = 0010000;

    private StdioOpener() {}

    /**
     * Opens files; FIFOs are opened when they are first needed.
     *
     * @throws DavitException {@code NOT_FOUND} if there is no such file; {@code PERMISSION_DENIED}
     *     if it is neither a regular file nor a FIFO
     */
    static Streams open(Stdio stdio, String process) throws DavitException {
        GuestInput input = input(stdio.stdin(), process);
        GuestOutput output = GuestOutput.NONE;
        try {
            output = output(stdio.stdout());
            GuestOutput error = stdio.terminal() ? output : output(stdio.stderr());
            return new Streams(input, output, error, stdio.terminal());
        } catch (DavitException e) {
            input.cancel();
            output.cancel();
            throw e;
        }
    }

    private static GuestInput input(Stdio.Source source, String process) throws DavitException {
        String thread = "davit-wasm-stdin-" + process;
        if (source instanceof Stdio.FromStream from) {
            return new PumpedInput(InputSource.stream(from.stream()), thread);
        }
        if (!(source instanceof Stdio.Uri uri) || uri.path().equals(NOTHING)) {
            return GuestInput.NONE;
        }
        Path path = Path.of(uri.path());
        return isFifo(path)
                ? new PumpedInput(InputSource.fifo(path), thread)
                : new FileInput(open(path, StandardOpenOption.READ));
    }

    private static GuestOutput output(Stdio.Sink sink) throws DavitException {
        if (sink instanceof Stdio.ToStream to) {
            return HostOutput.stream(to.stream());
        }
        if (!(sink instanceof Stdio.Uri uri) || uri.path().equals(NOTHING)) {
            return GuestOutput.NONE;
        }
        Path path = Path.of(uri.path());
        return isFifo(path)
                ? HostOutput.fifo(path)
                : HostOutput.file(open(path, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
    }

    private static boolean isFifo(Path path) throws DavitException {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (found.isRegularFile()) {
                return false;
            }
            int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & FORMAT) == FIFO) {
                return true;
            }
        } catch (IOException e) {
            throw failed(path, e);
        }
        throw new DavitException(
                Kind.PERMISSION_DENIED,
                "stdio is neither a FIFO nor a regular file: path=" + Texts.quote(path.toString()));
    }

    private static FileChannel open(Path path, OpenOption... options) throws DavitException {
        Set<OpenOption> all = new java.util.HashSet<>(Set.of(options));
        all.add(LinkOption.NOFOLLOW_LINKS);
        try {
            return FileChannel.open(path, all);
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    private static DavitException failed(Path path, IOException cause) {
        return new DavitException(
                cause instanceof NoSuchFileException ? Kind.NOT_FOUND : Kind.PERMISSION_DENIED,
                "cannot open stdio: path=" + Texts.quote(path.toString()),
                cause);
    }
}

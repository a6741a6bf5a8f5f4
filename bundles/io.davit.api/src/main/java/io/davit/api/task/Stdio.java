package io.davit.api.task;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/**
 * Where a process reads from and writes to: nothing, a URI in containerd's forms, or Java streams.
 *
 * <p>A URI is an absolute path of a FIFO or of an existing file, or {@code fifo://} or {@code
 * file://} with such a path. Streams belong to the caller: Davit reads {@code stdin} until its end
 * and never closes any of them. A stream that blocks holds up the process it belongs to and nobody
 * else.
 *
 * @param stdin where standard input comes from; not {@code null}
 * @param stdout where standard output goes; not {@code null}
 * @param stderr where standard error goes; with a terminal it goes to {@code stdout}; not {@code
 *     null}
 * @param terminal whether the process gets a terminal
 * @since 1.0
 */
public record Stdio(Source stdin, Sink stdout, Sink stderr, boolean terminal) {
    /** Nothing to read, everything written is dropped. */
    public static final Stdio NONE = new Stdio(new None(), new None(), new None(), false);

    /**
     * Checks that output is given whole.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if, without a terminal, only one of stdout
     *     and stderr is given, or stdin without them
     */
    public Stdio {
        Objects.requireNonNull(stdin, "stdin");
        Objects.requireNonNull(stdout, "stdout");
        Objects.requireNonNull(stderr, "stderr");
        boolean out = !(stdout instanceof None);
        boolean err = !(stderr instanceof None);
        if (!terminal && (out != err || !out && !(stdin instanceof None))) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "stdio: without a terminal give both stdout and stderr, or nothing at all");
        }
    }

    /**
     * Connects streams, without a terminal.
     *
     * @param in where standard input comes from; {@code null} for nothing
     * @param out where standard output goes
     * @param err where standard error goes
     * @return the connection; never {@code null}
     */
    public static Stdio streams(InputStream in, OutputStream out, OutputStream err) {
        Source stdin = in == null ? new None() : new FromStream(in);
        return new Stdio(stdin, new ToStream(out), new ToStream(err), false);
    }

    /**
     * Connects URIs as containerd's clients give them.
     *
     * @param stdin a URI; empty or {@code null} for nothing
     * @param stdout a URI; empty or {@code null} for nothing
     * @param stderr a URI; empty or {@code null} for nothing
     * @param terminal whether the process gets a terminal
     * @return the connection; never {@code null}
     * @throws DavitException {@code NOT_IMPLEMENTED} for another scheme, {@code INVALID_ARGUMENT}
     *     for another malformed value
     */
    public static Stdio uris(String stdin, String stdout, String stderr, boolean terminal) {
        return new Stdio(
                stdin == null || stdin.isEmpty() ? new None() : new Uri(stdin),
                stdout == null || stdout.isEmpty() ? new None() : new Uri(stdout),
                stderr == null || stderr.isEmpty() ? new None() : new Uri(stderr),
                terminal);
    }

    /** Where standard input comes from. */
    public sealed interface Source permits None, Uri, FromStream {}

    /** Where output goes. */
    public sealed interface Sink permits None, Uri, ToStream {}

    /** Nothing. */
    public record None() implements Source, Sink {}

    /**
     * A file or FIFO.
     *
     * @param value the URI, see {@link Stdio}
     */
    public record Uri(String value) implements Source, Sink {
        /**
         * Checks scheme and path.
         *
         * @throws DavitException {@code NOT_IMPLEMENTED} for another scheme, {@code
         *     INVALID_ARGUMENT} for another malformed value
         */
        public Uri {
            requirePath(value);
        }

        /**
         * Returns the path without the scheme.
         *
         * @return an absolute path; never {@code null}
         */
        public String path() {
            return requirePath(value);
        }

        private static String requirePath(String uri) {
            Objects.requireNonNull(uri, "uri");
            if (uri.length() > 4096) {
                throw invalid("is longer than 4096 characters", uri);
            }
            int colon = uri.indexOf("://");
            String scheme = colon < 0 ? "file" : uri.substring(0, colon);
            if (!scheme.equalsIgnoreCase("fifo") && !scheme.equalsIgnoreCase("file")) {
                throw new DavitException(
                        Kind.NOT_IMPLEMENTED,
                        "stdio scheme is not supported: uri=" + Texts.quote(uri));
            }
            String path = colon < 0 ? uri : uri.substring(colon + 3);
            if (!path.startsWith("/") || path.indexOf('\0') >= 0 || path.indexOf('\n') >= 0) {
                throw invalid("must be an absolute path", uri);
            }
            for (String part : path.substring(1).split("/", -1)) {
                if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                    throw invalid("must be a normal path", uri);
                }
            }
            return path;
        }

        private static DavitException invalid(String why, String uri) {
            return new DavitException(
                    Kind.INVALID_ARGUMENT, "stdio " + why + ": uri=" + Texts.quote(uri));
        }
    }

    /**
     * A stream of the caller to read from.
     *
     * @param stream the stream; not {@code null}
     */
    public record FromStream(InputStream stream) implements Source {
        /** Checks presence. */
        public FromStream {
            Objects.requireNonNull(stream, "stream");
        }
    }

    /**
     * A stream of the caller to write to. Written by one thread at a time.
     *
     * @param stream the stream; not {@code null}
     */
    public record ToStream(OutputStream stream) implements Sink {
        /** Checks presence. */
        public ToStream {
            Objects.requireNonNull(stream, "stream");
        }
    }
}

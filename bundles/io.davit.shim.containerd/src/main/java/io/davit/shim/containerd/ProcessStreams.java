package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Stdio;
import io.davit.linux.Descriptor;
import io.davit.linux.LinuxException;
import io.davit.linux.OpenFlag;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The standard streams of one process: what the shim is told of them, and the pipes of ours that
 * carry those of Java.
 *
 * <p>Our ends are open before the shim opens its own, so that it never waits for them. A process
 * with a terminal always gets pipes of ours, so that streams can be attached later.
 */
final class ProcessStreams implements AutoCloseable {
    private static final Set<OpenFlag> READ = EnumSet.of(OpenFlag.READ, OpenFlag.NONBLOCK);
    private static final Set<OpenFlag> BOTH =
            EnumSet.of(OpenFlag.READ, OpenFlag.WRITE, OpenFlag.NONBLOCK);

    /** What a terminal takes for the end of its input. */
    private static final byte[] END_OF_TRANSMISSION = {4};

    private final Host host;
    private final BundleFiles files;
    private final String what;
    private final String suffix;
    private final boolean terminal;

    /** Names or paths of what the shim opens; missing: nothing. Filled while it is made. */
    private final Map<Pipe, String> told = new HashMap<>();

    /** The pipes of ours that carry output. Filled while it is made. */
    private final Map<Pipe, OutputPump> outputs = new HashMap<>();

    /** What is held open until the shim has opened it. Guarded by this. */
    private final List<Descriptor> holders = new ArrayList<>();

    /** Our end of standard input; {@code null} when there is none. Guarded by this. */
    private Descriptor input;

    /** A file of the caller that we opened; {@code null} when there is none. Guarded by this. */
    private InputStream file;

    /** What feeds it; {@code null} when nothing does. Guarded by this. */
    private InputPump feeder;

    /** Which stream. */
    enum Pipe {
        IN("stdin"),
        OUT("stdout"),
        ERR("stderr");

        private final String name;

        Pipe(String name) {
            this.name = name;
        }
    }

    private ProcessStreams(Host host, BundleFiles files, String execId, boolean terminal) {
        this.host = host;
        this.files = files;
        this.suffix = execId.isEmpty() ? "" : "-" + execId;
        this.what = "path=" + files.path("") + " exec=" + execId;
        this.terminal = terminal;
    }

    /** Makes the pipes that streams need, and opens our ends. */
    static ProcessStreams make(Host host, BundleFiles files, String execId, Stdio stdio)
            throws LinuxException, DavitException {
        ProcessStreams streams = new ProcessStreams(host, files, execId, stdio.terminal());
        boolean made = false;
        try {
            streams.output(Pipe.OUT, stdio.stdout());
            if (!stdio.terminal()) {
                streams.output(Pipe.ERR, stdio.stderr());
            }
            streams.input(stdio.stdin());
            made = true;
            return streams;
        } finally {
            if (!made) {
                streams.close();
            }
        }
    }

    /**
     * Opens our ends again of pipes that were made earlier; what comes out of them is dropped until
     * somebody attaches.
     *
     * @param recorded what {@link #recorded} returned then
     */
    static ProcessStreams reopen(Host host, BundleFiles files, String execId, String recorded)
            throws LinuxException {
        boolean terminal = recorded.contains("t");
        ProcessStreams streams = new ProcessStreams(host, files, execId, terminal);
        for (Pipe pipe : List.of(Pipe.OUT, Pipe.ERR)) {
            if (recorded.contains(letter(pipe))) {
                streams.pump(pipe, List.of());
            }
        }
        if (recorded.contains(letter(Pipe.IN))) {
            streams.told.put(Pipe.IN, streams.path(Pipe.IN));
        }
        return streams;
    }

    /** Writes which pipes are ours, for {@link #reopen}. */
    String recorded() {
        StringBuilder letters = new StringBuilder(terminal ? "t" : "");
        for (Pipe pipe : Pipe.values()) {
            if (path(pipe).equals(told.get(pipe))) {
                letters.append(letter(pipe));
            }
        }
        return letters.toString();
    }

    boolean isTerminal() {
        return terminal;
    }

    /** What the shim is told of a stream; empty for nothing. */
    String told(Pipe pipe) {
        return told.getOrDefault(pipe, "");
    }

    private void output(Pipe pipe, Stdio.Sink sink) throws LinuxException, DavitException {
        if (sink instanceof Stdio.Uri uri) {
            told.put(pipe, distinct(StdioFile.sink(uri, this::hold)));
        } else if (sink instanceof Stdio.ToStream to) {
            files.makeFifo(name(pipe));
            pump(pipe, List.of(to.stream()));
        } else if (terminal) {
            files.makeFifo(name(pipe));
            pump(pipe, List.of());
        }
    }

    /**
     * Says another name for a file that is told already: stock shims open a file once if both names
     * are the same, and close it with the first stream that ends.
     */
    private String distinct(String path) {
        int slash = path.lastIndexOf('/');
        return told.containsValue(path)
                ? path.substring(0, slash) + "/." + path.substring(slash)
                : path;
    }

    private void pump(Pipe pipe, List<OutputStream> sinks) throws LinuxException {
        Descriptor end = Descriptor.open(path(pipe), READ);
        outputs.put(pipe, OutputPump.start(pipe + " " + what, host, end, sinks));
        told.put(pipe, path(pipe));
    }

    private void input(Stdio.Source source) throws LinuxException, DavitException {
        if (source instanceof Stdio.Uri uri && StdioFile.isPipe(uri)) {
            told.put(Pipe.IN, uri.path());
            return;
        }
        Optional<InputStream> stream = Optional.empty();
        if (source instanceof Stdio.Uri uri) {
            stream = Optional.of(openFile(uri));
        } else if (source instanceof Stdio.FromStream from) {
            stream = Optional.of(from.stream());
        }
        if (stream.isPresent() || terminal) {
            files.makeFifo(name(Pipe.IN));
            told.put(Pipe.IN, path(Pipe.IN));
            synchronized (this) {
                input = Descriptor.open(path(Pipe.IN), BOTH);
            }
        }
        stream.ifPresent(this::feed);
    }

    private synchronized InputStream openFile(Stdio.Uri uri) throws DavitException {
        file = StdioFile.source(uri);
        return file;
    }

    private synchronized void feed(InputStream stream) {
        feeder = new InputPump("stdin " + what, stream, input, this::inputEnded);
    }

    private synchronized void hold(Descriptor holder) {
        holders.add(holder);
    }

    /** Set before {@link #begin}; ends standard input at the shim. */
    private volatile Runnable closeAtShim = () -> {};

    /**
     * The shim has opened its ends: nothing is held for it any more, and input flows.
     *
     * @param closeInput ends standard input at the shim
     */
    void begin(Runnable closeInput) {
        closeAtShim = closeInput;
        synchronized (this) {
            holders.forEach(Descriptor::close);
            holders.clear();
            if (feeder != null) {
                feeder.start();
            }
        }
    }

    private void inputEnded() {
        if (terminal) {
            endTerminalInput();
        } else {
            closeInput();
            closeAtShim.run();
        }
    }

    private synchronized void endTerminalInput() {
        try {
            if (input != null) {
                input.writeSome(END_OF_TRANSMISSION);
            }
        } catch (LinuxException ignored) {
            // nobody reads it any more
        }
    }

    /** Closes our end of standard input; the shim has to be told as well. */
    void closeInput() {
        if (terminal) {
            endTerminalInput();
            return;
        }
        synchronized (this) {
            if (feeder != null) {
                feeder.close();
            }
            if (input != null) {
                input.close();
                input = null;
            }
        }
    }

    /**
     * Connects further streams.
     *
     * @return ends the connection
     * @throws DavitException {@code FAILED_PRECONDITION} if its streams do not go through us
     */
    AutoCloseable attach(Stdio stdio) throws DavitException {
        List<Runnable> undo = new ArrayList<>();
        addSink(Pipe.OUT, stdio.stdout(), undo);
        if (!terminal) {
            addSink(Pipe.ERR, stdio.stderr(), undo);
        }
        try {
            addSource(stdio.stdin(), undo);
        } catch (LinuxException e) {
            undo.forEach(Runnable::run);
            throw Failures.of("attach: " + what, e);
        }
        return () -> undo.forEach(Runnable::run);
    }

    private void addSink(Pipe pipe, Stdio.Sink sink, List<Runnable> undo) throws DavitException {
        if (sink instanceof Stdio.None) {
            return;
        }
        OutputPump pump = outputs.get(pipe);
        if (pump == null || !(sink instanceof Stdio.ToStream to)) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "cannot attach: " + pipe + " does not go through Davit: " + what);
        }
        pump.add(to.stream());
        undo.add(() -> pump.remove(to.stream()));
    }

    private void addSource(Stdio.Source source, List<Runnable> undo)
            throws LinuxException, DavitException {
        if (!(source instanceof Stdio.FromStream from)) {
            return;
        }
        if (!path(Pipe.IN).equals(told.get(Pipe.IN))) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "cannot attach: stdin does not go through Davit: " + what);
        }
        Descriptor end = Descriptor.open(path(Pipe.IN), BOTH);
        InputPump pump = new InputPump("stdin " + what, from.stream(), end, () -> {});
        pump.start();
        undo.add(
                () -> {
                    pump.close();
                    end.close();
                });
    }

    /** Waits until all output was carried, as long as readers take it. */
    void awaitOutput(Duration stall, Duration within) throws InterruptedException {
        for (OutputPump pump : outputs.values()) {
            pump.awaitDone(stall, within);
        }
    }

    /** Lets go of everything. The pipes stay for a successor. */
    @Override
    public void close() {
        outputs.values().forEach(OutputPump::close);
        synchronized (this) {
            holders.forEach(Descriptor::close);
            holders.clear();
            if (feeder != null) {
                feeder.close();
            }
            if (input != null) {
                input.close();
                input = null;
            }
            closeFile();
        }
    }

    private synchronized void closeFile() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException ignored) {
            // it was only read
        }
    }

    /** Lets go of everything and removes the pipes. */
    void remove() throws LinuxException {
        close();
        for (Pipe pipe : Pipe.values()) {
            files.remove(name(pipe));
        }
    }

    private String name(Pipe pipe) {
        return pipe.name + suffix;
    }

    private String path(Pipe pipe) {
        return files.path(name(pipe)).toString();
    }

    private static String letter(Pipe pipe) {
        return pipe.name().substring(0, 1).toLowerCase(java.util.Locale.ROOT);
    }
}

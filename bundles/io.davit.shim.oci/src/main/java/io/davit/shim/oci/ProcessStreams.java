package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Stdio;
import io.davit.linux.LinuxException;

import java.util.Optional;

/**
 * Connects the streams that a process is made with, and again after a restart those that are files.
 */
final class ProcessStreams {
    private static final String IN = "in";
    private static final String OUT = "out";
    private static final String ERR = "err";

    private ProcessStreams() {}

    /** Says whether there is anything to connect. */
    static boolean isConnected(Stdio stdio) {
        return !(stdio.stdin() instanceof Stdio.None && stdio.stdout() instanceof Stdio.None);
    }

    /** Says whether the process reads what is sent, and not from a terminal. */
    static boolean readsInput(Stdio stdio) {
        return !stdio.terminal() && !(stdio.stdin() instanceof Stdio.None);
    }

    /**
     * Connects them and notes in the process's record what a successor has to know.
     *
     * @param what names the process in failures and threads
     */
    static void connect(String what, PrivateFiles files, Stdio stdio, MonitoredProcess process)
            throws LinuxException, DavitException {
        if (!isConnected(stdio)) {
            return;
        }
        InputPump.End end = stdio.terminal() ? InputPump.End.TERMINAL : InputPump.End.CLOSES;
        Console console = Console.open(what, files, stdio, end);
        process.connected(console);
        ProcessRecord record = process.record();
        record.uri(IN, uri(stdio.stdin()));
        record.uri(OUT, uri(stdio.stdout()));
        record.uri(ERR, uri(stdio.stderr()));
        record.console(process.jvm(), console.handle());
    }

    private static String uri(Object stream) {
        return stream instanceof Stdio.Uri uri ? uri.value() : "";
    }

    /** Returns what a record says can be connected again; nothing if that is nothing. */
    static Optional<Stdio> recorded(ProcessRecord record) throws DavitException {
        boolean terminal = record.flag(ProcessRecord.Flag.TERMINAL);
        Stdio stdio = Stdio.uris(record.uri(IN), record.uri(OUT), record.uri(ERR), terminal);
        return isConnected(stdio) ? Optional.of(stdio) : Optional.empty();
    }
}

package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.linux.Descriptor;
import io.davit.linux.Dir;
import io.davit.linux.LinuxException;
import io.davit.linux.OpenFlag;
import io.davit.linux.PidFd;
import io.davit.linux.Pipe;
import io.davit.linux.Resolve;
import io.davit.linux.Spawn;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One start of a conmon, up to its word about the process it has made.
 *
 * <p>conmon is started with one exec and without a fork of its own, so that its number is known at
 * once. It tells the outcome on descriptor 3; for a further process whose streams are to be
 * connected before it runs it waits on descriptor 4 and tells on 5 that it listens.
 *
 * <p>Source: conmon(8). Confined to one thread.
 */
final class MonitorStart {
    private static final int SYNC = 3;
    private static final int GO = 4;
    private static final int LISTENS = 5;
    private static final int LONGEST_LINE = 1 << 16;
    private static final String LOG = "monitor.log";
    private static final Set<OpenFlag> LOG_FLAGS =
            EnumSet.of(OpenFlag.WRITE, OpenFlag.CREATE, OpenFlag.TRUNCATE, OpenFlag.NOFOLLOW);

    private final MonitorCommand command;
    private final Steps steps;
    private final Deadline deadline;

    MonitorStart(MonitorCommand command, Steps steps, Deadline deadline) {
        this.command = command;
        this.steps = steps;
        this.deadline = deadline;
    }

    /** What is done on the way. */
    interface Steps {
        /** The monitor runs; called before anything else is waited for. */
        void spawned(PidFd monitor) throws LinuxException, DavitException;

        /** The monitor accepts connections and the process does not run yet. */
        void listens() throws LinuxException, DavitException;
    }

    /**
     * Starts it.
     *
     * @return the number of the process it has made
     * @throws DavitException with the runtime's reason; the monitor may still live then
     */
    int run() throws DavitException {
        String what = command.what();
        try (OciRuntime.Access access = command.runtime().open();
                Pipe sync = Pipe.open();
                Pipe go = Pipe.open();
                Pipe listens = Pipe.open()) {
            spawn(access, sync, go, listens);
            if (command.waitsForStreams()) {
                connect(go, listens);
            }
            return outcome(readLine(sync.read(), what));
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        }
    }

    private void spawn(OciRuntime.Access access, Pipe sync, Pipe go, Pipe listens)
            throws LinuxException, DavitException {
        Map<String, String> environment = new TreeMap<>(Command.environment());
        environment.put("_OCI_SYNCPIPE", Integer.toString(SYNC));
        environment.put(MonitorCommand.TOKEN, command.token());
        try (Dir dir = Dir.open(command.files().path());
                Descriptor log = dir.open(LOG, LOG_FLAGS, 0600, Resolve.BENEATH)) {
            Spawn spawn =
                    Spawn.of(command.conmon(), command.arguments(access))
                            .in(command.files().path())
                            .descriptor(2, log)
                            .descriptor(SYNC, sync.write());
            if (command.waitsForStreams()) {
                environment.put("_OCI_STARTPIPE", Integer.toString(GO));
                environment.put("_OCI_ATTACHPIPE", Integer.toString(LISTENS));
                spawn.descriptor(GO, go.read()).descriptor(LISTENS, listens.write());
            }
            steps.spawned(spawn.environment(environment).start());
        }
        sync.write().close();
        go.read().close();
        listens.write().close();
    }

    private void connect(Pipe go, Pipe listens) throws LinuxException, DavitException {
        byte[] one = {'1'};
        go.write().write(one);
        if (readLine(listens.read(), command.what()).isEmpty()) {
            throw RuntimeFailure.of(command.what(), said());
        }
        steps.listens();
        go.write().write(one);
    }

    private int outcome(String line) throws LinuxException, DavitException {
        if (line.isEmpty()) {
            throw RuntimeFailure.of(command.what(), said());
        }
        SyncMessage message = SyncMessage.parse(line);
        if (message.number() <= 1) {
            throw RuntimeFailure.of(command.what(), message.text());
        }
        return message.number();
    }

    /** What conmon itself complained about before it let go of its standard error. */
    private String said() throws LinuxException {
        return command.files().read(LOG, LONGEST_LINE).orElse("");
    }

    /**
     * Reads the first line, or to the end of the pipe, which conmon keeps open for as long as it
     * lives. For a further process that ends at once a second line may follow: its exit.
     */
    private String readLine(Descriptor from, String what) throws LinuxException, DavitException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] chunk = new byte[4096];
        int end = -1;
        while (end < 0 && line.size() < LONGEST_LINE) {
            awaitReadable(from, what);
            int n = from.read(chunk);
            if (n == 0) {
                break;
            }
            line.write(chunk, 0, n);
            end = line.toString(StandardCharsets.UTF_8).indexOf('\n');
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return end < 0 ? text : text.substring(0, end);
    }

    private void awaitReadable(Descriptor from, String what) throws LinuxException, DavitException {
        try {
            if (deadline.isOver() || !from.awaitReadable(deadline.remaining())) {
                throw new DavitException(
                        Kind.DEADLINE_EXCEEDED, "conmon did not answer in time: " + what);
            }
        } catch (InterruptedException e) {
            throw Failures.interrupted(what);
        }
    }
}

package io.davit.shim.containerd;

import io.davit.api.task.TaskId;
import io.davit.linux.Descriptor;
import io.davit.linux.LinuxException;
import io.davit.linux.OpenFlag;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Carries what a shim writes to its log into ours, for as long as the task is known: a shim whose
 * log nobody reads stops for good.
 *
 * <p>The pipe is held open for writing too, so that the shim never finds it without a reader's
 * other end, nor we its end.
 */
final class LogPipe implements PipeReader.Taker {
    private static final Logger LOG = LoggerFactory.getLogger("io.davit.shim.containerd.log");
    private static final EnumSet<OpenFlag> BOTH =
            EnumSet.of(OpenFlag.READ, OpenFlag.WRITE, OpenFlag.NONBLOCK);
    private static final int LONGEST_LINE = 4096;
    private static final Pattern LEVEL = Pattern.compile("\\blevel=([a-z]{1,10})");

    private final TaskId task;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    private LogPipe(TaskId task) {
        this.task = task;
    }

    /** Begins to read the pipe in a bundle directory. */
    static PipeReader open(Host host, TaskId task, BundleFiles files) throws LinuxException {
        String path = files.path(BundleFiles.LOG).toString();
        Descriptor pipe = Descriptor.open(path, BOTH);
        try {
            return PipeReader.start(pipe, host.pipes(), host.work(), new LogPipe(task));
        } catch (LinuxException e) {
            pipe.close();
            throw e;
        }
    }

    @Override
    public void take(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n' || line.size() == LONGEST_LINE) {
                log(printable(line.toString(StandardCharsets.UTF_8)));
                line.reset();
            }
            if (bytes[i] != '\n') {
                line.write(bytes[i]);
            }
        }
    }

    @Override
    public void end() {
        // happens only when the pipe is closed
    }

    private void log(String text) {
        if (text.isBlank()) {
            return;
        }
        Matcher level = LEVEL.matcher(text);
        switch (level.find() ? level.group(1) : "info") {
            case "panic", "fatal", "error", "warning", "warn" -> LOG.warn("task={} {}", task, text);
            case "debug", "trace" -> LOG.debug("task={} {}", task, text);
            default -> LOG.info("task={} {}", task, text);
        }
    }

    /** A shim repeats what containers say: nothing of it may steer a terminal. */
    private static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.chars().forEach(c -> out.append(Character.isISOControl(c) ? '?' : (char) c));
        return out.toString();
    }
}

package io.davit.shell;

import io.davit.oci.Json;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The record of who did what: one line of JSON for each use of a verb that changes something, and
 * for each client that was refused. In {@code audit.log} below the property {@code davit.root.dir};
 * without the property in the log.
 */
@Component(name = "io.davit.shell.audit", service = Audit.class)
public final class Audit {
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    private static final long MOST_BYTES = 16L << 20;

    /** Guarded by this; {@code null} without a directory. */
    private final RotatedFile file;

    /**
     * Finds where the record is kept.
     *
     * @param context whose framework names the directory
     */
    @Activate
    public Audit(BundleContext context) {
        this(context.getProperty("davit.root.dir"));
    }

    Audit(String root) {
        this.file =
                root == null || root.isEmpty()
                        ? null
                        : new RotatedFile(
                                Path.of(root, "audit.log"),
                                Path.of(root, "audit.log.1"),
                                MOST_BYTES);
    }

    /**
     * Records something.
     *
     * @param caller who
     * @param what what was asked for
     * @param about on which task, and so on
     * @param status how it ended
     * @param failure why it failed; empty if it did not
     */
    void record(String caller, String what, Map<String, Object> about, int status, String failure) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("at", Instant.now().toString());
        line.put("caller", caller);
        line.put("what", what);
        line.putAll(about);
        line.put("status", status);
        if (!failure.isEmpty()) {
            line.put("failure", failure);
        }
        write(Json.write(line));
    }

    private synchronized void write(String line) {
        try {
            if (file == null) {
                LOG.info("{}", line);
            } else {
                file.append(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            LOG.error("record is not kept: line={}", line, e);
        }
    }
}

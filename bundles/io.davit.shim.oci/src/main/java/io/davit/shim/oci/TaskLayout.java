package io.davit.shim.oci;

import io.davit.api.task.OciBundle;
import io.davit.api.task.TaskId;

import java.nio.file.Path;

/**
 * Where the files of one task lie.
 *
 * <pre>
 * BUNDLE/config.json, rootfs     the task manager's
 * BUNDLE/logs/output             what the init process wrote, see TaskLog
 * BUNDLE/oci/record              see ProcessRecord
 * BUNDLE/oci/config.json         the specification as the runtime gets it
 * BUNDLE/oci/runtime             the runtime's own state (--root)
 * BUNDLE/oci/exec/ID/…           the same for further processes
 * BUNDLE/oci/attach, ctl, exit … conmon's
 * </pre>
 *
 * @param bundle the task's directory
 */
record TaskLayout(OciBundle bundle) {
    TaskId id() {
        return bundle.id();
    }

    /** The container's name for the runtime, which has a state directory for this task alone. */
    String container() {
        return bundle.id().id();
    }

    Path root() {
        return bundle.path().resolve("oci");
    }

    Path runtimeRoot() {
        return root().resolve("runtime");
    }

    Path execs() {
        return root().resolve("exec");
    }

    Path exec(String execId) {
        return execs().resolve(execId);
    }

    Path logs() {
        return bundle.path().resolve("logs");
    }

    Path log() {
        return logs().resolve("output");
    }
}

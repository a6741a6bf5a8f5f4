package io.davit.shim.containerd;

import io.davit.api.task.OciBundle;
import io.davit.api.task.TaskId;
import io.davit.spi.shim.ShimContext;

/**
 * A task, and where everything about it is.
 *
 * @param host what all tasks share
 * @param context the task, and whom to tell
 * @param files its directory
 */
record TaskPlace(Host host, ShimContext context, BundleFiles files) {
    static TaskPlace of(Host host, ShimContext context) {
        return new TaskPlace(host, context, new BundleFiles(context.bundle().path()));
    }

    TaskId id() {
        return context.bundle().id();
    }

    OciBundle bundle() {
        return context.bundle();
    }

    ShimAddress address() {
        return new ShimAddress(host.settings(), bundle());
    }
}

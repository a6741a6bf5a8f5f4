package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.spi.shim.RuntimeInfo;
import io.davit.spi.shim.ShimContext;
import io.davit.spi.shim.ShimInstance;
import io.davit.spi.shim.ShimPlugin;

import java.time.Duration;
import java.util.Optional;

/** Runs tasks through containerd's shims. The binary is looked for anew in each call. */
final class ContainerdPlugin implements ShimPlugin {
    private final LateHost host;
    private final BinarySearch search;

    ContainerdPlugin(LateHost host) {
        this.host = host;
        this.search = new BinarySearch(host.settings());
    }

    @Override
    public RuntimeInfo info(String runtime, Duration within) throws DavitException {
        ShimBinary binary = search.require(runtime);
        BinaryFacts facts = host.get().binaries().facts(binary, Deadline.in(within));
        return new RuntimeInfo(facts.mounts(), facts.features(), facts.attributes());
    }

    @Override
    public ShimInstance start(ShimContext context, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        ShimBinary binary = search.require(context.runtime());
        ShimStart start = new ShimStart(host.get(), context, deadline);
        Optional<ShimState> joined = context.sandbox().flatMap(s -> start.join(s, binary));
        return new ContainerdTask(joined.orElseGet(() -> start.start(binary)));
    }

    @Override
    public ShimInstance recover(ShimContext context, Duration within) throws DavitException {
        ShimState state = new ShimRecovery(host.get(), context, Deadline.in(within)).recover();
        return new ContainerdTask(state);
    }

    @Override
    public Optional<Exit> cleanUp(ShimContext context, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        Optional<ShimState> served = host.get().find(context.bundle().id());
        if (served.isPresent()) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION, "shim is served: task=" + context.bundle().id());
        }
        return new ShimRecovery(host.get(), context, deadline).cleanUp();
    }
}

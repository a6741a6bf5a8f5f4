package io.davit.mount.manager;

import io.davit.api.mount.Mount;
import io.davit.api.mount.MountPlan;
import io.davit.api.mount.MountPlan.Taker;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.MountTransformer;

import java.util.List;
import java.util.Optional;

/**
 * What happens to one mount of a list.
 *
 * @param index its place in the list, from 0
 * @param mount the mount as it was given
 * @param chain the transformers that change it, in order
 * @param type the type behind all prefixes
 * @param handler who performs it, if the taker is a handler
 * @param taker who takes it
 * @param why the reason, in words
 * @param others who else could have taken it, and why not
 */
record PlannedMount(
        int index,
        Mount mount,
        List<Link> chain,
        String type,
        Optional<Provider<MountHandler>> handler,
        Taker taker,
        String why,
        List<String> others) {
    /**
     * One transformer of a chain.
     *
     * @param prefix its prefix
     * @param remaining the type behind the prefix
     * @param transformer the transformer; empty for a well-known prefix that nobody serves now
     */
    record Link(
            String prefix, String remaining, Optional<Provider<MountTransformer>> transformer) {}

    PlannedMount {
        chain = List.copyOf(chain);
        others = List.copyOf(others);
    }

    /** The name of who takes it. */
    String by() {
        return switch (taker) {
            case HANDLER -> handler.map(Provider::name).orElse("");
            case SYSTEM_CALL -> "mount(2)";
            case RUNTIME -> "runtime";
            case CALLER -> "caller";
        };
    }

    /** This as callers see it. */
    MountPlan.Step step() {
        return new MountPlan.Step(
                index, mount, chain.stream().map(Link::prefix).toList(), taker, by(), why, others);
    }
}

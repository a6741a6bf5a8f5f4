package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountPlan.Taker;
import io.davit.api.names.Texts;
import io.davit.mount.manager.PlannedMount.Link;
import io.davit.spi.mount.MountHandler;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides who takes which mount, without an effect.
 *
 * <p>The mounts up to the last one that has a handler or comes before a transformed one are
 * performed by the manager; the first mount after them is transformed; the rest is the caller's.
 * What the runtime claims moves that split, and nothing else. Source: containerd {@code
 * core/mount/manager}.
 */
final class MountPlanner {
    /** Prefixes that are transformers even while nobody serves them. */
    private static final Set<String> WELL_KNOWN = Set.of("format", "mkdir", "mkfs");

    /**
     * What the type of a mount asks for.
     *
     * @param chain its transformers
     * @param rest the type behind them
     * @param transforms whether a transformer must run that the runtime does not claim
     * @param unknown a prefix nobody knows, or empty
     */
    private record Parsed(List<Link> chain, String rest, boolean transforms, String unknown) {}

    private final ActivateMounts request;
    private final Catalog catalog;

    private MountPlanner(ActivateMounts request, Catalog catalog) {
        this.request = request;
        this.catalog = catalog;
    }

    /**
     * Plans a request.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if a type is malformed, there are too many
     *     mounts, or one that has to be performed holds what cannot be performed
     */
    static Plan plan(ActivateMounts request, Catalog catalog) throws DavitException {
        return new MountPlanner(request, catalog).plan();
    }

    private Plan plan() {
        MountLimits.requireCount(request.mounts());
        List<Parsed> parsed = new ArrayList<>();
        int split = -1;
        for (Mount mount : request.mounts()) {
            Parsed next = parse(mount.type());
            split = split(split, parsed.size(), next);
            parsed.add(next);
        }
        List<PlannedMount> mounts = new ArrayList<>();
        for (int i = 0; i < parsed.size(); i++) {
            mounts.add(planned(i, parsed.get(i), split));
        }
        Plan plan = new Plan(mounts, split);
        MountLimits.requirePerformable(plan);
        return plan;
    }

    private Parsed parse(String type) {
        MountLimits.requireType(type);
        List<Link> chain = new ArrayList<>();
        boolean transforms = false;
        String rest = type;
        int slash = rest.indexOf('/');
        while (slash >= 0 && isTransformer(rest.substring(0, slash))) {
            String prefix = rest.substring(0, slash);
            rest = rest.substring(slash + 1);
            transforms |= !isClaimed(prefix + "/*") && !isClaimed(type);
            chain.add(new Link(prefix, rest, catalog.transformer(prefix)));
            MountLimits.requireChain(type, chain.size());
            slash = rest.indexOf('/');
        }
        return new Parsed(chain, rest, transforms, slash < 0 ? "" : rest.substring(0, slash));
    }

    private boolean isTransformer(String prefix) {
        return WELL_KNOWN.contains(prefix) || catalog.transformer(prefix).isPresent();
    }

    private boolean isClaimed(String type) {
        return request.leaveToRuntime().contains(type);
    }

    private int split(int before, int index, Parsed parsed) {
        boolean handled = catalog.handler(parsed.rest()).isPresent() && !isClaimed(parsed.rest());
        if (handled || request.temporary()) {
            return index + 1;
        }
        return parsed.transforms() ? index : before;
    }

    private PlannedMount planned(int index, Parsed parsed, int split) {
        Optional<Provider<MountHandler>> handler = catalog.handler(parsed.rest());
        Taker taker = taker(index, parsed, split, handler.isPresent());
        return new PlannedMount(
                index,
                request.mounts().get(index),
                index <= split ? parsed.chain() : List.of(),
                parsed.rest(),
                taker == Taker.HANDLER ? handler : Optional.empty(),
                taker,
                why(index, parsed, split, taker),
                others(parsed, taker));
    }

    private Taker taker(int index, Parsed parsed, int split, boolean handler) {
        if (index < split) {
            return handler ? Taker.HANDLER : Taker.SYSTEM_CALL;
        }
        String full = request.mounts().get(index).type();
        boolean claimed =
                isClaimed(parsed.rest())
                        || isClaimed(full)
                        || !parsed.chain().isEmpty() && index > split && !parsed.transforms();
        return claimed ? Taker.RUNTIME : Taker.CALLER;
    }

    private String why(int index, Parsed parsed, int split, Taker taker) {
        String type = Texts.quote(parsed.rest());
        boolean claimed = isClaimed(parsed.rest());
        return switch (taker) {
            case HANDLER ->
                    claimed
                            ? "the runtime claims type " + type + ", but " + needs(index, split)
                            : "there is a handler for type " + type;
            case SYSTEM_CALL -> "no handler for type " + type + ", and " + needs(index, split);
            case RUNTIME -> "the runtime performs type " + type;
            case CALLER ->
                    index == split
                            ? "ready to be mounted, and nothing after it needs the manager"
                            : "no handler for type " + type + ", and nothing after it needs it";
        };
    }

    private String needs(int index, int split) {
        if (request.temporary()) {
            return "a temporary activation performs everything";
        }
        return index + 1 < split
                ? "mount " + (split - 1) + " after it is performed here"
                : "mount " + split + " after it may refer to it";
    }

    private List<String> others(Parsed parsed, Taker taker) {
        List<String> others = new ArrayList<>();
        if (!parsed.unknown().isEmpty()) {
            others.add("transformer " + Texts.quote(parsed.unknown()) + ": there is none");
        }
        List<Provider<MountHandler>> handlers =
                catalog.handlers().getOrDefault(parsed.rest(), List.of());
        for (int i = taker == Taker.HANDLER ? 1 : 0; i < handlers.size(); i++) {
            others.add(
                    "handler "
                            + handlers.get(i).name()
                            + (i > 0 ? ": ranks lower" : ": the runtime claims the type"));
        }
        if (handlers.isEmpty() && !taker.isPerformed()) {
            others.add("handler: there is none");
        }
        if (taker != Taker.RUNTIME) {
            others.add(
                    isClaimed(parsed.rest())
                            ? "runtime: the manager needs the mount first"
                            : "runtime: does not claim the type");
        }
        if (taker != Taker.SYSTEM_CALL) {
            others.add(
                    taker == Taker.HANDLER
                            ? "system call: a handler comes first"
                            : "system call: nothing performed here needs the mount");
        }
        return others;
    }
}

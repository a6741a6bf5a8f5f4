package io.davit.shim.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.shim.ShimInfo;
import io.davit.spi.shim.RuntimeInfo;
import io.davit.spi.shim.ShimPlugin;

import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One plugin while it is there: the only place that holds its object, counts the calls in it, and
 * keeps the threads that make them.
 *
 * <p>Threads are its own, so that what a plugin leaves in a thread goes with the plugin.
 */
final class PluginSlot {
    private static final Logger LOG = LoggerFactory.getLogger(PluginSlot.class);
    private static final String RUNTIME = "davit.shim.runtime";
    private static final String MOUNTS = "davit.shim.mounts";
    private static final String IN_JVM = "davit.shim.in.jvm";
    private static final String BOUNDED = "davit.shim.bounded";
    private static final String OWN_NAMES = "io.davit.";
    private static final int MOST_THREADS = 256;

    /** How far a bounded plugin may be late before its thread is interrupted. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    /** How far a bounded plugin may be late before nothing it promises is believed. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final ServiceReference<ShimPlugin> reference;
    private final String name;
    private final ThreadPoolExecutor threads;

    /** Emptied when the plugin has left. */
    private final AtomicReference<ShimPlugin> plugin;

    /** Calls in flight. */
    private final Set<PluginCall<?>> calls = ConcurrentHashMap.newKeySet();

    /** The shims it serves. Guarded by this. */
    private final Set<ShimSeat> shims = new HashSet<>();

    /** No new calls. Written under this, read by any thread after it has added its call. */
    private volatile boolean leaving;

    /** No new shims. Guarded by this. */
    private boolean gone;

    /** Set when it broke the promise of {@code davit.shim.bounded}. */
    private volatile boolean caught;

    PluginSlot(ServiceReference<ShimPlugin> reference, ShimPlugin plugin) {
        this.reference = reference;
        this.plugin = new AtomicReference<>(plugin);
        this.name =
                reference.getBundle().getSymbolicName() + "/" + reference.getBundle().getVersion();
        this.threads =
                new ThreadPoolExecutor(
                        0,
                        MOST_THREADS,
                        10,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        new NamedThreads("davit-shim-" + reference.getBundle().getSymbolicName()));
    }

    ServiceReference<ShimPlugin> reference() {
        return reference;
    }

    /** Bundle and version, for messages. */
    String name() {
        return name;
    }

    Version version() {
        return reference.getBundle().getVersion();
    }

    int ranking() {
        return reference.getProperty(Constants.SERVICE_RANKING) instanceof Integer ranking
                ? ranking
                : 0;
    }

    long serviceId() {
        return (Long) reference.getProperty(Constants.SERVICE_ID);
    }

    boolean inJvm() {
        return Boolean.TRUE.equals(reference.getProperty(IN_JVM));
    }

    /** The runtimes and patterns it claims now. */
    List<String> runtimes() {
        return strings(RUNTIME);
    }

    /**
     * How well it serves a runtime: -1 not at all, otherwise the length of the claim that matches,
     * with an exact one above every pattern.
     */
    int claim(String runtime) {
        int best = -1;
        for (String claimed : runtimes()) {
            if (claimed.equals(runtime)) {
                return Integer.MAX_VALUE;
            }
            if (matches(claimed, runtime)) {
                best = Math.max(best, claimed.length() - 1);
            }
        }
        return best;
    }

    /** A star alone is no claim, one on names none on paths, and one on ends none on our names. */
    private static boolean matches(String claimed, String runtime) {
        boolean path = RuntimeName.isPath(runtime);
        if (claimed.startsWith("*.")) {
            boolean ours = runtime.startsWith(OWN_NAMES);
            return !path && !ours && runtime.endsWith(claimed.substring(1));
        }
        String prefix = claimed.endsWith("*") ? claimed.substring(0, claimed.length() - 1) : "";
        boolean samePlace = prefix.startsWith("/") == path;
        return !prefix.isEmpty() && samePlace && runtime.startsWith(prefix);
    }

    /** Asks what it knows about a runtime. */
    ShimInfo info(String runtime, Duration within) throws DavitException, PluginLeftException {
        RuntimeInfo info = call("info " + runtime, within, () -> plugin().info(runtime, within));
        return new ShimInfo(
                runtime,
                reference.getBundle().getSymbolicName(),
                version().toString(),
                info.mounts(),
                info.features(),
                inJvm(),
                info.attributes());
    }

    /** What it claims about a runtime without being asked. */
    ShimInfo claimed(String runtime, Map<String, String> attributes) {
        return new ShimInfo(
                runtime,
                reference.getBundle().getSymbolicName(),
                version().toString(),
                Set.copyOf(new HashSet<>(strings(MOUNTS))),
                Set.of(),
                inJvm(),
                attributes);
    }

    /** The plugin's object, for use inside a call only. */
    ShimPlugin plugin() throws PluginLeftException {
        ShimPlugin now = plugin.get();
        if (now == null) {
            throw new PluginLeftException(name);
        }
        return now;
    }

    /** Makes a call of the plugin's code. */
    <T> T call(String what, Duration within, PluginCall.Action<T> action)
            throws DavitException, PluginLeftException {
        return call(PluginCall.Request.of(what, within, action));
    }

    /** Makes a call of the plugin's code, on this thread if the plugin keeps its promises. */
    <T> T call(PluginCall.Request<T> request) throws DavitException, PluginLeftException {
        PluginCall<T> call = begin(request);
        return isBounded() ? call.here() : apart(call);
    }

    /** Makes a call of the plugin's code on a thread of the plugin. */
    <T> T callApart(PluginCall.Request<T> request) throws DavitException, PluginLeftException {
        return apart(begin(request));
    }

    /** Publish, then check: {@link #leave} first bars calls and then looks for them. */
    private <T> PluginCall<T> begin(PluginCall.Request<T> request) throws PluginLeftException {
        PluginCall<T> call = new PluginCall<>(this, request);
        calls.add(call);
        if (leaving) {
            ended(call);
            throw new PluginLeftException(name);
        }
        return call;
    }

    private <T> T apart(PluginCall<T> call) throws DavitException, PluginLeftException {
        handOver(call);
        return call.elsewhere();
    }

    private void handOver(PluginCall<?> call) throws DavitException, PluginLeftException {
        try {
            threads.execute(call);
        } catch (RejectedExecutionException e) {
            ended(call);
            if (leaving) {
                throw new PluginLeftException(name);
            }
            throw new DavitException(
                    Kind.RESOURCE_EXHAUSTED,
                    "plugin has " + MOST_THREADS + " calls in flight: " + call,
                    e);
        }
    }

    private boolean isBounded() {
        return !caught && Boolean.TRUE.equals(reference.getProperty(BOUNDED));
    }

    /** Takes a call out; the code has returned, or was never entered. */
    void ended(PluginCall<?> call) {
        calls.remove(call);
        if (leaving) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /** Interrupts bounded calls that are late, and stops believing a plugin that ignores it. */
    void watch() {
        for (PluginCall<?> call : calls) {
            call.interruptIfOver(GRACE);
            if (!caught && isBounded() && call.isOver(PATIENCE)) {
                caught = true;
                LOG.error("plugin is not bounded as it promised: {}", call);
            }
        }
    }

    /** Takes a shim over, unless the plugin has left meanwhile. */
    synchronized boolean adopt(ShimSeat shim) {
        if (gone) {
            return false;
        }
        shims.add(shim);
        return true;
    }

    synchronized void forget(ShimSeat shim) {
        shims.remove(shim);
    }

    synchronized List<ShimSeat> shims() {
        return List.copyOf(shims);
    }

    /**
     * Lets the plugin go: no new calls; calls in flight end, or are given up; then its shims are
     * released. Called on the thread that stops the plugin.
     */
    void leave(boolean pluginLeaves, Duration drain) {
        synchronized (this) {
            leaving = true;
        }
        if (!awaitQuiet(drain)) {
            LOG.warn("plugin leaves with calls in flight: plugin={} calls={}", name, calls);
            calls.forEach(PluginCall::interruptLeaving);
        }
        List<ShimSeat> left;
        synchronized (this) {
            gone = true;
            left = List.copyOf(shims);
            shims.clear();
        }
        new Release(this, left, pluginLeaves).within(drain, threads);
        plugin.set(null);
        threads.shutdownNow();
        calls.forEach(PluginCall::leftBehind);
    }

    private synchronized boolean awaitQuiet(Duration drain) {
        long end = System.nanoTime() + drain.toNanos();
        boolean interrupted = false;
        while (!calls.isEmpty()) {
            long left = end - System.nanoTime();
            if (left <= 0 || interrupted) {
                break;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return calls.isEmpty();
    }

    private List<String> strings(String key) {
        Object value = reference.getProperty(key);
        if (value instanceof String one) {
            return List.of(one);
        }
        if (value instanceof String[] many) {
            return Arrays.asList(many);
        }
        return value instanceof Collection<?> some
                ? some.stream().map(String::valueOf).toList()
                : List.of();
    }

    @Override
    public String toString() {
        return name;
    }
}

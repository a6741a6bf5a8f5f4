package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.MountMaintenance;
import io.davit.api.mount.MountManager;
import io.davit.api.shim.ShimManager;
import io.davit.api.task.TaskEventBus;
import io.davit.api.task.TaskManager;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The services that verbs call, which come and go while commands run. A verb that needs one that is
 * being replaced waits for it for a while.
 */
@Component(name = "io.davit.shell.managers", service = Managers.class)
public final class Managers {
    private static final Duration WAIT = Duration.ofSeconds(10);

    private final Duration wait;

    /** What is there, by interface; guarded by this. */
    private final Map<Class<?>, Object> services = new HashMap<>();

    /** Begins without services. */
    public Managers() {
        this(WAIT);
    }

    Managers(Duration wait) {
        this.wait = wait;
    }

    TaskManager tasks() throws DavitException {
        return get(TaskManager.class);
    }

    MountManager mounts() throws DavitException {
        return get(MountManager.class);
    }

    MountMaintenance maintenance() throws DavitException {
        return get(MountMaintenance.class);
    }

    ShimManager shims() throws DavitException {
        return get(ShimManager.class);
    }

    TaskEventBus events() throws DavitException {
        return get(TaskEventBus.class);
    }

    private synchronized <T> T get(Class<T> type) throws DavitException {
        long endNanos = System.nanoTime() + wait.toNanos();
        try {
            long left = wait.toNanos();
            while (!services.containsKey(type) && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
                left = endNanos - System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(
                    Kind.CANCELLED, "interrupted while waiting: service=" + type.getSimpleName());
        }
        Object service = services.get(type);
        if (service == null) {
            throw new DavitException(
                    Kind.UNAVAILABLE, "service is not there: service=" + type.getSimpleName());
        }
        return type.cast(service);
    }

    private synchronized void put(Class<?> type, Object service) {
        services.put(type, service);
        notifyAll();
    }

    private synchronized void remove(Class<?> type, Object service) {
        services.remove(type, service);
    }

    @Reference(
            name = "tasks",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addTasks(TaskManager service) {
        put(TaskManager.class, service);
    }

    void removeTasks(TaskManager service) {
        remove(TaskManager.class, service);
    }

    @Reference(
            name = "mounts",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addMounts(MountManager service) {
        put(MountManager.class, service);
    }

    void removeMounts(MountManager service) {
        remove(MountManager.class, service);
    }

    @Reference(
            name = "maintenance",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addMaintenance(MountMaintenance service) {
        put(MountMaintenance.class, service);
    }

    void removeMaintenance(MountMaintenance service) {
        remove(MountMaintenance.class, service);
    }

    @Reference(
            name = "shims",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addShims(ShimManager service) {
        put(ShimManager.class, service);
    }

    void removeShims(ShimManager service) {
        remove(ShimManager.class, service);
    }

    @Reference(
            name = "events",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addEvents(TaskEventBus service) {
        put(TaskEventBus.class, service);
    }

    void removeEvents(TaskEventBus service) {
        remove(TaskEventBus.class, service);
    }
}

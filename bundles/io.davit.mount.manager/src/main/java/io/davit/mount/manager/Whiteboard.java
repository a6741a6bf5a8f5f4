package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The services of one kind that are there now, by the values of one of their properties. A service
 * is got when it is first called, so that what is never called is never made.
 *
 * @param <S> their interface
 */
final class Whiteboard<S> {
    private static final String COMPONENT_NAME = "component.name";

    private final String property;
    private final BundleContext context;

    /** Written by the framework's threads, read by any. */
    private final Map<ServiceReference<S>, Lazy> services = new ConcurrentHashMap<>();

    /** A service that is got once. */
    private final class Lazy {
        private final ServiceReference<S> reference;

        /** Two threads that get it at once get the same. */
        private volatile S service;

        private Lazy(ServiceReference<S> reference) {
            this.reference = reference;
        }

        private S get() throws DavitException {
            S got = service;
            if (got == null) {
                got = context.getService(reference);
                service = got;
            }
            if (got == null) {
                throw new DavitException(
                        Kind.UNAVAILABLE, "a mount service has left: service=" + reference);
            }
            return got;
        }
    }

    /**
     * Makes an empty whiteboard.
     *
     * @param property the service property (String or String[]) whose values are the keys
     * @param context gets the services
     */
    Whiteboard(String property, BundleContext context) {
        this.property = property;
        this.context = context;
    }

    void add(ServiceReference<S> reference) {
        services.put(reference, new Lazy(reference));
    }

    void remove(ServiceReference<S> reference) {
        Lazy gone = services.remove(reference);
        if (gone != null && gone.service != null) {
            context.ungetService(reference);
        }
    }

    /** Returns the services of this moment by key, for each the highest ranking first. */
    Map<String, List<Provider<S>>> snapshot() {
        List<Map.Entry<ServiceReference<S>, Lazy>> entries = new ArrayList<>(services.entrySet());
        entries.sort(Map.Entry.comparingByKey(Comparator.reverseOrder()));
        Map<String, List<Provider<S>>> found = new HashMap<>();
        for (Map.Entry<ServiceReference<S>, Lazy> entry : entries) {
            Lazy lazy = entry.getValue();
            Provider<S> provider = new Provider<>(name(entry.getKey(), lazy), lazy::get);
            for (String key : keys(entry.getKey())) {
                found.computeIfAbsent(key, k -> new ArrayList<>()).add(provider);
            }
        }
        return found;
    }

    private List<String> keys(ServiceReference<S> reference) {
        Object value = reference.getProperty(property);
        if (value instanceof String key) {
            return List.of(key);
        }
        return value instanceof String[] keys ? List.of(keys) : List.of();
    }

    private String name(ServiceReference<S> reference, Lazy lazy) {
        Object name = reference.getProperty(COMPONENT_NAME);
        return name instanceof String text ? text : lazy.get().getClass().getName();
    }
}

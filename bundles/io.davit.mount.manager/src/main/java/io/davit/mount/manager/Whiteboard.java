package io.davit.mount.manager;

import org.osgi.framework.ServiceReference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The services of one kind that are there now, by the values of one of their properties.
 *
 * @param <S> their interface
 */
final class Whiteboard<S> {
    private static final String COMPONENT_NAME = "component.name";

    private final String property;

    /** Written by the framework's threads, read by any. */
    private final Map<ServiceReference<S>, S> services = new ConcurrentHashMap<>();

    /**
     * Makes an empty whiteboard.
     *
     * @param property the service property (String or String[]) whose values are the keys
     */
    Whiteboard(String property) {
        this.property = property;
    }

    void add(ServiceReference<S> reference, S service) {
        services.put(reference, service);
    }

    void remove(ServiceReference<S> reference) {
        services.remove(reference);
    }

    /** Returns the services of this moment by key, for each the highest ranking first. */
    Map<String, List<Provider<S>>> snapshot() {
        List<Map.Entry<ServiceReference<S>, S>> entries = new ArrayList<>(services.entrySet());
        entries.sort(Map.Entry.comparingByKey(Comparator.reverseOrder()));
        Map<String, List<Provider<S>>> found = new HashMap<>();
        for (Map.Entry<ServiceReference<S>, S> entry : entries) {
            Provider<S> provider = new Provider<>(name(entry), entry.getValue());
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

    private static String name(Map.Entry<? extends ServiceReference<?>, ?> entry) {
        Object name = entry.getKey().getProperty(COMPONENT_NAME);
        return name instanceof String text ? text : entry.getValue().getClass().getName();
    }
}

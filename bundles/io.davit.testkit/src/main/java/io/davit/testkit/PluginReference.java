package io.davit.testkit;

import io.davit.spi.shim.ShimPlugin;

import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;

import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The service reference of a plugin, for tests that run without a framework. Properties may be
 * changed at any time. Equal to itself alone.
 *
 * @since 1.0
 */
public final class PluginReference implements ServiceReference<ShimPlugin> {
    private final Map<String, Object> properties = new ConcurrentHashMap<>();
    private final Bundle bundle;

    /**
     * Makes a reference.
     *
     * @param serviceId its service id; the lower, the older
     * @param bundle the symbolic name of its bundle
     * @param version the version of its bundle
     * @param runtimes the runtimes it serves
     */
    public PluginReference(long serviceId, String bundle, String version, String... runtimes) {
        properties.put(Constants.SERVICE_ID, serviceId);
        properties.put("davit.shim.runtime", runtimes.clone());
        this.bundle = bundle(bundle, Version.parseVersion(version));
    }

    private static Bundle bundle(String name, Version version) {
        return (Bundle)
                Proxy.newProxyInstance(
                        PluginReference.class.getClassLoader(),
                        new Class<?>[] {Bundle.class},
                        (proxy, method, args) ->
                                switch (method.getName()) {
                                    case "getSymbolicName", "toString" -> name;
                                    case "getVersion" -> version;
                                    case "hashCode" -> name.hashCode();
                                    case "equals" -> proxy == args[0];
                                    default ->
                                            throw new UnsupportedOperationException(
                                                    method.getName());
                                });
    }

    /**
     * Sets a property.
     *
     * @param key its key
     * @param value its value
     * @return this
     */
    public PluginReference with(String key, Object value) {
        properties.put(key, value);
        return this;
    }

    @Override
    public Object getProperty(String key) {
        return properties.get(key);
    }

    @Override
    public String[] getPropertyKeys() {
        return properties.keySet().toArray(new String[0]);
    }

    @Override
    public Bundle getBundle() {
        return bundle;
    }

    @Override
    public Bundle[] getUsingBundles() {
        return new Bundle[0];
    }

    @Override
    public boolean isAssignableTo(Bundle other, String className) {
        return true;
    }

    @Override
    public int compareTo(Object other) {
        throw new UnsupportedOperationException("not needed without a framework");
    }

    @Override
    public Dictionary<String, Object> getProperties() {
        return new Hashtable<>(properties);
    }

    @Override
    public <A> A adapt(Class<A> type) {
        return null;
    }
}

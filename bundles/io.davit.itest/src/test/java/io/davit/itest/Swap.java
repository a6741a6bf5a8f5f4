package io.davit.itest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.util.tracker.ServiceTracker;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** What an administrator does with bundles while tasks run. */
final class Swap {
    /** Matches what is there once the task manager has looked for every task after a start. */
    static final String TASKS_RECOVERED = "(osgi.condition.id=io.davit.tasks.recovered)";

    private static final long PATIENCE_SECONDS = 30;

    private final BundleContext context;

    Swap(BundleContext context) {
        this.context = context;
    }

    /** Finds the one installed bundle of a name. */
    Bundle bundle(String name) {
        List<Bundle> found =
                List.of(context.getBundles()).stream()
                        .filter(bundle -> name.equals(bundle.getSymbolicName()))
                        .toList();
        assertTrue(found.size() == 1, () -> "installed: " + found);
        return found.get(0);
    }

    /** Waits until there is a service that matches a filter. */
    void awaitService(String filter) throws Exception {
        ServiceTracker<Object, Object> tracker =
                new ServiceTracker<>(context, context.createFilter(filter), null);
        tracker.open();
        try {
            Object found = tracker.waitForService(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            assertTrue(found != null, () -> "no service: " + filter);
        } finally {
            tracker.close();
        }
    }

    /** Stops a bundle and starts it again. */
    void restart(Bundle bundle) throws BundleException {
        bundle.stop();
        bundle.start();
    }

    /** Updates a bundle in place with the same content, and re-wires whoever uses it. */
    void update(Bundle bundle) throws Exception {
        bundle.update(new ByteArrayInputStream(content(bundle)));
        refresh(List.of(bundle));
    }

    /** Installs and starts a bundle once more, beside itself, with a higher version. */
    Bundle installBeside(Bundle bundle, String version) throws Exception {
        byte[] jar = withVersion(content(bundle), version);
        Bundle beside =
                context.installBundle(
                        bundle.getSymbolicName() + "-" + version, new ByteArrayInputStream(jar));
        beside.start();
        return beside;
    }

    /** Uninstalls a bundle and returns what tells when its classes are gone. */
    Remains uninstall(Bundle bundle) throws Exception {
        Remains remains = Remains.of(bundle);
        bundle.stop();
        bundle.uninstall();
        refresh(List.of(bundle));
        return remains;
    }

    /** Re-wires bundles and waits until that is done. */
    void refresh(Collection<Bundle> bundles) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)
                .adapt(FrameworkWiring.class)
                .refreshBundles(
                        bundles,
                        event -> {
                            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                                done.countDown();
                            }
                        });
        assertTrue(done.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "refresh takes too long");
    }

    private static byte[] content(Bundle bundle) throws IOException {
        String location = bundle.getLocation();
        String url =
                location.startsWith("reference:")
                        ? location.substring("reference:".length())
                        : location;
        try (InputStream in = new URL(url).openStream()) {
            return in.readAllBytes();
        }
    }

    private static byte[] withVersion(byte[] jar, String version) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JarInputStream in = new JarInputStream(new ByteArrayInputStream(jar))) {
            Manifest manifest = in.getManifest();
            Attributes main = manifest.getMainAttributes();
            main.putValue(Constants.BUNDLE_VERSION, version);
            try (JarOutputStream copy = new JarOutputStream(out, manifest)) {
                for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                    copy.putNextEntry(new ZipEntry(entry.getName()));
                    in.transferTo(copy);
                }
            }
        }
        return out.toByteArray();
    }
}

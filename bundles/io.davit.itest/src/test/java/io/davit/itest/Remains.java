package io.davit.itest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;

/**
 * The class loader of a wiring that is going away.
 *
 * @param loader it, held weakly
 * @param collected where it turns up once it is collected
 */
record Remains(WeakReference<ClassLoader> loader, ReferenceQueue<ClassLoader> collected) {
    private static final long SECONDS = 30;

    /** Watches the present class loader of a bundle. */
    static Remains of(Bundle bundle) {
        ReferenceQueue<ClassLoader> queue = new ReferenceQueue<>();
        ClassLoader loader = bundle.adapt(BundleWiring.class).getClassLoader();
        return new Remains(new WeakReference<>(loader, queue), queue);
    }

    /** Waits until it is collected. */
    void awaitCollected() throws InterruptedException {
        boolean gone = false;
        for (int i = 0; i < SECONDS && !gone; i++) {
            System.gc();
            gone = collected.remove(TimeUnit.SECONDS.toMillis(1)) != null;
        }
        assertTrue(gone, () -> "still held: " + loader.get());
    }
}

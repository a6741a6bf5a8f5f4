package io.davit.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountActivation;
import io.davit.api.mount.MountMaintenance;
import io.davit.api.mount.MountManager;
import io.davit.api.names.Namespace;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.osgi.framework.BundleContext;
import org.osgi.test.common.annotation.InjectBundleContext;
import org.osgi.test.common.annotation.InjectService;
import org.osgi.test.common.service.ServiceAware;
import org.osgi.test.junit5.context.BundleContextExtension;
import org.osgi.test.junit5.service.ServiceExtension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Mounts that the kernel makes, through the services of a framework. */
@ExtendWith({BundleContextExtension.class, ServiceExtension.class})
class SystemMountTest {
    private static final ActivationName NAME =
            new ActivationName(new Namespace("itest"), "system-mounts");
    private static final String MADE = "{{ mount 0 }}";

    @InjectBundleContext BundleContext context;

    @InjectService(timeout = 10_000)
    ServiceAware<MountManager> mounts;

    @InjectService(timeout = 10_000)
    ServiceAware<MountMaintenance> maintenance;

    private List<String> before;

    @BeforeEach
    void look() throws IOException {
        assumeTrue(
                "own".equals(System.getenv("DAVIT_MOUNT_NAMESPACE")),
                "needs root and a mount namespace of its own");
        before = mountTable();
    }

    private static List<String> mountTable() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mountinfo"));
    }

    private MountActivation activate() throws InterruptedException {
        List<Mount> list =
                List.of(
                        Mount.of("tmpfs", "tmpfs", "size=1m"),
                        Mount.of(
                                "format/mkdir/overlay",
                                "overlay",
                                "X-containerd.mkdir.path=" + MADE + "/lower:0755",
                                "X-containerd.mkdir.path=" + MADE + "/upper:0755",
                                "X-containerd.mkdir.path=" + MADE + "/work:0755",
                                "lowerdir=" + MADE + "/lower",
                                "upperdir=" + MADE + "/upper",
                                "workdir=" + MADE + "/work"));
        return mounts.waitForService(10_000)
                .activate(
                        new ActivateMounts(NAME, list, Set.of(), true, Map.of(), Optional.empty()));
    }

    private void assertClean() throws InterruptedException {
        assertEquals(List.of(), maintenance.waitForService(10_000).check(false).findings());
    }

    @Test
    void a_chain_is_mounted_can_be_written_and_goes_away() throws Exception {
        MountActivation activation = activate();
        try {
            Path root = Path.of(activation.system().get(0).source());
            Files.writeString(root.resolve("file"), "text");
            Path upper = Path.of(activation.active().get(0).mountPoint(), "upper/file");
            assertEquals("text", Files.readString(upper));
            assertClean();
        } finally {
            mounts.waitForService(10_000).deactivate(NAME);
        }
        assertEquals(before, mountTable());
        assertClean();
    }

    @Test
    void a_chain_outlives_the_bundles_that_made_it() throws Exception {
        MountActivation activation = activate();
        try {
            Swap swap = new Swap(context);
            swap.restart(swap.bundle("io.davit.mount.linux"));
            swap.restart(swap.bundle("io.davit.mount.manager"));
            MountActivation found = mounts.waitForService(10_000).find(NAME).orElseThrow();
            assertEquals(activation, found);
            assertTrue(Files.isDirectory(Path.of(found.active().get(1).mountPoint())));
            assertClean();
        } finally {
            mounts.waitForService(10_000).deactivate(NAME);
        }
        assertEquals(before, mountTable());
    }
}

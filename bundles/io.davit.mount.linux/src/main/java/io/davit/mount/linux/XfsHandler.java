package io.davit.mount.linux;

import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.MountType;
import io.davit.spi.mount.SystemMounts;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/**
 * Mounts XFS filesystems, on devices or in files.
 *
 * <p>Exists only where the PID {@code io.davit.mount.linux.xfs} is configured, because a handler
 * takes its type away from the runtime.
 */
@Component(
        name = "io.davit.mount.linux.xfs",
        service = MountHandler.class,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@MountType("xfs")
public final class XfsHandler extends ImageHandler {
    /**
     * Makes one.
     *
     * @param system performs the mounts
     */
    @Activate
    public XfsHandler(@Reference(name = "system") SystemMounts system) {
        super(system, false);
    }
}

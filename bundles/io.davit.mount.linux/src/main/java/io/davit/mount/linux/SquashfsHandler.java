package io.davit.mount.linux;

import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.MountType;
import io.davit.spi.mount.SystemMounts;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/**
 * Mounts squashfs images, always read-only.
 *
 * <p>Exists only where the PID {@code io.davit.mount.linux.squashfs} is configured, because a
 * handler takes its type away from the runtime.
 */
@Component(
        name = "io.davit.mount.linux.squashfs",
        service = MountHandler.class,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@MountType("squashfs")
public final class SquashfsHandler extends ImageHandler {
    /**
     * Makes one.
     *
     * @param system performs the mounts
     */
    @Activate
    public SquashfsHandler(@Reference(name = "system") SystemMounts system) {
        super(system, true);
    }
}

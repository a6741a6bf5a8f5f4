package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.Mount;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.MountType;
import io.davit.spi.mount.SystemMounts;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/**
 * Mounts overlays, of any number of layers.
 *
 * <p>Exists only where the PID {@code io.davit.mount.linux.overlay} is configured, because a
 * handler takes its type away from the runtime: without it, overlays are system mounts or the
 * runtime's.
 */
@Component(
        name = "io.davit.mount.linux.overlay",
        service = MountHandler.class,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@MountType("overlay")
public final class OverlayHandler extends FilesystemHandler {
    /**
     * Makes one.
     *
     * @param system performs the mounts
     */
    @Activate
    public OverlayHandler(@Reference(name = "system") SystemMounts system) {
        super(system);
    }

    @Override
    Mount perform(Mount mount, String at) throws DavitException {
        system().mount(mount, at);
        return mount;
    }
}

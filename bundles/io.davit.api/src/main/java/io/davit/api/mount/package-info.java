/**
 * Mounts for callers: a list of mounts goes in, what the runtime still has to mount comes out.
 *
 * <p>Start with {@link io.davit.api.mount.MountManager}. A caller describes the root filesystem as
 * a list of {@link io.davit.api.mount.Mount}, wraps it in {@link io.davit.api.mount.ActivateMounts}
 * and gets a {@link io.davit.api.mount.MountActivation}; {@link io.davit.api.mount.MountPlan} says
 * beforehand and afterwards who takes which mount, and why. {@link
 * io.davit.api.mount.MountMaintenance} finds and removes leftovers. Authors of mount types look at
 * {@code io.davit.spi.mount}.
 *
 * <p>Versions: a new method on an interface here is a minor change (Davit implements it), a removed
 * anything a major one.
 */
@Export
@Version("1.0.0")
package io.davit.api.mount;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

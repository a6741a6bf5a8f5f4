/**
 * For authors of mount types: handlers, transformers, and the system calls below them.
 *
 * <p>Register a {@link io.davit.spi.mount.MountHandler} with the property {@code davit.mount.type}
 * (annotation {@link io.davit.spi.mount.MountType}) to perform a type, a {@link
 * io.davit.spi.mount.MountTransformer} with {@code davit.mount.transform} ({@link
 * io.davit.spi.mount.MountTransform}) to rewrite mounts whose type begins with a prefix. The
 * manager finds them as they come and go; the highest service ranking wins.
 *
 * <p>Versions: a new method on a consumer type, or a removed anything, is a major change.
 */
@Export
@Version("1.0.0")
package io.davit.spi.mount;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

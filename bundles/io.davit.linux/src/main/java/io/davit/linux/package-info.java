/**
 * System calls of Linux behind types of our own, for bundles that act as root.
 *
 * <p>Start with {@link io.davit.linux.Dir}: a directory as a descriptor, on which every file
 * operation starts; a path given to it is resolved by the kernel and cannot leave it. {@link
 * io.davit.linux.SafePath} finds the allowed root of an absolute path. {@link
 * io.davit.linux.MountTable} reads what is mounted. Everything that fails throws {@link
 * io.davit.linux.LinuxException}, which carries the {@link io.davit.linux.Errno}.
 *
 * <p>Descriptors are opened with {@code O_CLOEXEC} and closed by {@code close()}; none has a
 * finalizer. Text crosses to the kernel as UTF-8.
 *
 * <p>Versions: anything removed is a major change, anything added a minor one.
 */
@Export
@Version("1.0.0")
package io.davit.linux;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

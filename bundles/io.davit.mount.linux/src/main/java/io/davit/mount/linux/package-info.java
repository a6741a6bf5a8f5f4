/**
 * Performs mounts on Linux for the mount manager.
 *
 * <p>Read {@code LinuxMounts} first (mounts without a handler), then {@code MountSequence} (the
 * order of the calls for one mount) and {@code MountKernel} (those calls, so that tests can stand
 * in for the kernel). Handlers extend {@code FilesystemHandler}; {@code MkdirTransformer} and
 * {@code MkfsTransformer} rewrite mounts.
 */
package io.davit.mount.linux;

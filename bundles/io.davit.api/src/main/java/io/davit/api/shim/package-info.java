/**
 * Shims as the task manager sees them: what can run here, and handles on what runs.
 *
 * <p>{@link io.davit.api.shim.ShimManager} finds the plugin for a runtime and hands out {@link
 * io.davit.api.shim.Shim}, which outlives the replacement of its plugin. Callers who want tasks use
 * {@code io.davit.api.task}; authors of plugins implement {@code io.davit.spi.shim}.
 *
 * <p>Versions: a new method on an interface here is a minor change (Davit implements it), except on
 * {@link io.davit.api.shim.ShimListener}; a removed anything is a major one.
 */
@Export
@Version("1.0.0")
package io.davit.api.shim;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

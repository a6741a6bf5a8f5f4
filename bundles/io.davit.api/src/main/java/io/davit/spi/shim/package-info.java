/**
 * For authors of runtime plugins.
 *
 * <p>Register a {@link io.davit.spi.shim.ShimPlugin} with {@link io.davit.spi.shim.ShimRuntime}
 * (which runtimes it serves), {@link io.davit.spi.shim.ShimMounts} (which mount types it performs
 * itself), {@link io.davit.spi.shim.ShimInJvm} and {@link io.davit.spi.shim.ShimBounded}. Davit
 * gives each task a {@link io.davit.spi.shim.ShimContext}; the plugin answers with a {@link
 * io.davit.spi.shim.ShimInstance}. Plugins see neither managers nor each other. {@code
 * io.davit.testkit} holds the tests that every plugin has to pass.
 *
 * <p>Versions: a new method on a consumer type without a default, or a removed anything, is a major
 * change.
 */
@Export
@Version("1.0.0")
package io.davit.spi.shim;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

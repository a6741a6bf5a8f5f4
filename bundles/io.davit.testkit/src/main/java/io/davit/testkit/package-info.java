/**
 * For authors of plugins and mount handlers: the promises of their contracts as tests, and fakes.
 *
 * <p>{@link io.davit.testkit.ShimPluginContract} is extended by the tests of a plugin, {@link
 * io.davit.testkit.LeakOracle} used by any test. {@link io.davit.testkit.FakePlugin} and {@link
 * io.davit.testkit.FakeMounts} stand in for the real ones where a fault is wanted.
 *
 * <p>Versions: a new test in a contract is a minor change, anything removed a major one.
 */
@Export
@Version("1.0.0")
package io.davit.testkit;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

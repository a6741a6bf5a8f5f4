/**
 * Names and texts that every call carries: namespaces, identifiers, labels.
 *
 * <p>The rules are containerd's ({@code pkg/identifiers}, {@code pkg/namespaces}), so that its
 * tools and shims accept what Davit accepts. Depends on {@code io.davit.api.errors} alone.
 *
 * <p>Versions: stricter or looser rules are a major change, an added element a minor one.
 */
@Export
@Version("1.0.0")
package io.davit.api.names;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

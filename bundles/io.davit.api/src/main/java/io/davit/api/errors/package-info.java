/**
 * How a call of Davit fails: one exception with a kind.
 *
 * <p>For callers and for authors of plugins alike. Depends on the JDK alone.
 *
 * <p>Versions: a removed or renamed element is a major change, an added {@link
 * io.davit.api.errors.Kind} a minor one.
 */
@Export
@Version("1.0.0")
package io.davit.api.errors;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

/**
 * The OCI runtime specification as Davit reads and writes it.
 *
 * <p>{@link io.davit.oci.Json} reads strict JSON into plain immutable values and writes them again,
 * with fields it does not know. {@link io.davit.oci.RuntimeSpec} is the typed view of a
 * config.json, {@link io.davit.oci.ProcessSpec} of its object {@code process} (also what an exec
 * takes), {@link io.davit.oci.Resources} of {@code linux.resources} (also what an update takes);
 * all three check what they read. {@link io.davit.oci.SpecPolicy} says what of a well-formed
 * specification is allowed here. {@link io.davit.oci.SpecBuilder} makes specifications.
 *
 * <p>Refusals are {@code DavitException}s that name the field, for example {@code
 * spec.process.args[0]}; no message and no {@code toString} holds a value of an environment
 * variable. Everything is immutable and safe for use by many threads.
 *
 * <p>For plugins and edges. Versions: a removed or changed element is a major change, an added one
 * a minor one.
 */
@Export
@Version("1.0.0")
package io.davit.oci;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

/**
 * Runs native containers with crun, runc or another OCI runtime, each process under a conmon of its
 * own, which keeps its streams and its exit while this plugin, its managers or the whole JVM are
 * away.
 */
package io.davit.shim.oci;

/**
 * Runs tasks through containerd's shims: unmodified binaries, found in directories, driven over
 * ttrpc.
 */
package io.davit.shim.containerd;

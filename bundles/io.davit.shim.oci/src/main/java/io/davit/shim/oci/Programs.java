package io.davit.shim.oci;

/**
 * The programs one task is run with, from its creation to its end.
 *
 * @param runtime the OCI runtime
 * @param conmon the path of the monitor
 */
record Programs(OciRuntime runtime, String conmon) {}

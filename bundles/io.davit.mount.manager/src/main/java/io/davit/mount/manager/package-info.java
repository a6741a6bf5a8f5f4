/**
 * The mount manager: plans who takes which mount, performs the leading ones, records them, and
 * undoes them last first. Exports nothing.
 */
package io.davit.mount.manager;

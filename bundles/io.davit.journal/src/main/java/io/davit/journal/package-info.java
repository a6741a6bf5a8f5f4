/**
 * A crash-safe append log with group commit, for bundles that own durable state.
 *
 * <p>An owner opens {@link io.davit.journal.Journal} over a directory of its own, takes what is
 * replayed, and appends a record before (intent) or after (fact) each thing it does. {@link
 * io.davit.journal.JournalRecovery} says what was cut off or set aside when the directory was
 * opened, {@link io.davit.journal.JournalException} why an append failed. {@link
 * io.davit.journal.CrashPoint} marks the places at which tests kill the process. {@link
 * io.davit.journal.RecordOutput} and {@link io.davit.journal.RecordInput} write and read what is in
 * a record.
 *
 * <p>Imports nothing of Davit. Versions: a removed or changed element is a major change, an added
 * one a minor one.
 */
@Export
@Version("1.0.0")
package io.davit.journal;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

/**
 * Tasks for callers: create, start, watch, delete; and the words that shims share.
 *
 * <p>Start with {@link io.davit.api.task.TaskManager}: a {@link io.davit.api.task.CreateTask} goes
 * in, a {@link io.davit.api.task.Task} comes out. {@link io.davit.api.task.TaskEventBus} tells what
 * happens to tasks. {@link io.davit.api.task.ShimTask} lists the operations that every shim offers;
 * authors of plugins implement it through {@code io.davit.spi.shim}.
 *
 * <p>Every blocking call takes the longest time it may last. Values are records that check and copy
 * what they are given. Names and numbers follow containerd's runtime v2 task API.
 *
 * <p>Versions: a new method on an interface Davit implements is a minor change, on {@link
 * io.davit.api.task.ShimTask} without a default a major one; a removed anything is a major one.
 */
@Export
@Version("1.0.0")
package io.davit.api.task;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

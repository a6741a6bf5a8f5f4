/**
 * The task manager: the sequence of steps that makes a task, and the one that takes it away.
 *
 * <p>{@link io.davit.task.manager.TaskManagerComponent} is the service. {@link
 * io.davit.task.manager.TaskCreation} and {@link io.davit.task.manager.TaskDeletion} are the two
 * sequences, {@link io.davit.task.manager.TaskRecovery} finishes or undoes what an earlier process
 * left. What is known about a task is its {@link io.davit.task.manager.TaskLife}; what must survive
 * is its {@link io.davit.task.manager.TaskRecord}.
 */
package io.davit.task.manager;

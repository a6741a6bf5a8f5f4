/**
 * The event exchange: what happened to tasks, in order, kept for a while, told from any cursor on.
 *
 * <p>{@link io.davit.event.exchange.TaskEventExchange} is the service. Published events go into the
 * {@link io.davit.event.exchange.History}; the {@link io.davit.event.exchange.Dispatcher} stores
 * them and then wakes each {@link io.davit.event.exchange.EventSubscription}, which reads the
 * history at its own pace.
 */
package io.davit.event.exchange;

/**
 * The shim manager: which plugin serves a runtime, and the shims that live now.
 *
 * <p>{@link io.davit.shim.manager.ShimManagerComponent} is the service. It finds a {@link
 * io.davit.shim.manager.PluginSlot} in the {@link io.davit.shim.manager.PluginRegistry} and hands
 * out {@link io.davit.shim.manager.ManagedShim}, the only holder of a plugin's instance. Every call
 * of a plugin is a {@link io.davit.shim.manager.PluginCall}, which bounds it and lets no object of
 * the plugin out.
 */
package io.davit.shim.manager;

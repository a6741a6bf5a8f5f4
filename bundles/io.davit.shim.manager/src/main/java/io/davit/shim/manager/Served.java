package io.davit.shim.manager;

import io.davit.spi.shim.ShimInstance;

/**
 * What serves a shim: an instance, the plugin it came from, and its line back.
 *
 * @param slot the plugin
 * @param instance the plugin's object; used inside calls of the slot only
 * @param context the line back to the shim
 */
record Served(PluginSlot slot, ShimInstance instance, ManagedContext context) {}

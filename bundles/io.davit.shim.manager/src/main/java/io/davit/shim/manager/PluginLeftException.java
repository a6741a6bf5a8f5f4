package io.davit.shim.manager;

/** A call was not made because the plugin is leaving: whoever wanted it looks for a successor. */
final class PluginLeftException extends Exception {
    private static final long serialVersionUID = 1L;

    PluginLeftException(String plugin) {
        super("plugin is leaving: plugin=" + plugin, null, false, false);
    }
}

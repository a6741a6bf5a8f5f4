package io.davit.api.task;

import io.davit.api.errors.DavitException;

/**
 * The OCI runtime specification's description of a task, as JSON text: the form of a config.json.
 *
 * <p>Carried as it was given, so that fields Davit does not know reach the runtime unchanged. What
 * it says is checked by {@link TaskManager}. Its text never appears in {@link #toString}, because
 * it may hold an environment.
 *
 * @param json the text; at most 1 MiB of UTF-8; not {@code null}
 * @since 1.0
 */
public record OciSpec(String json) {
    /**
     * Checks the size.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if it is missing or too large
     */
    public OciSpec {
        JsonText.require("OciSpec", json);
    }

    @Override
    public String toString() {
        return "OciSpec[" + json.length() + " characters]";
    }
}

package io.davit.api.shim;

import io.davit.api.task.OciBundle;
import io.davit.api.task.TypedValue;

import java.util.Objects;
import java.util.Optional;

/**
 * Which shim to start, or to find again.
 *
 * @param runtime the name of the runtime; not {@code null}
 * @param bundle the task's directory; not {@code null}
 * @param options the runtime's options; not {@code null}
 * @param sandbox the id of a task whose shim is joined; not {@code null}
 * @param listener who is told; not {@code null}
 * @since 1.0
 */
public record StartShim(
        String runtime,
        OciBundle bundle,
        Optional<TypedValue> options,
        Optional<String> sandbox,
        ShimListener listener) {
    /** Checks presence. */
    public StartShim {
        Objects.requireNonNull(runtime, "runtime");
        Objects.requireNonNull(bundle, "bundle");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(sandbox, "sandbox");
        Objects.requireNonNull(listener, "listener");
    }
}

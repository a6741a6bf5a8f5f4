package io.davit.mount.manager;

import java.util.Objects;
import java.util.function.Supplier;

/**
 * A service that somebody registered, with the name it is known by in plans and messages.
 *
 * @param name the component's name, or the class of the service
 * @param got gets the service when it is first needed
 * @param <S> its interface
 */
record Provider<S>(String name, Supplier<S> got) {
    Provider {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(got, "got");
    }

    /** A service that is at hand. */
    Provider(String name, S service) {
        this(name, () -> service);
        Objects.requireNonNull(service, "service");
    }

    S service() {
        return got.get();
    }
}

package io.davit.mount.manager;

import java.util.Objects;

/**
 * A service that somebody registered, with the name it is known by in plans and messages.
 *
 * @param name the component's name, or the class of the service
 * @param service the service
 * @param <S> its interface
 */
record Provider<S>(String name, S service) {
    Provider {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(service, "service");
    }
}

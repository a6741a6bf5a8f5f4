package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.MountTransformer;
import io.davit.spi.mount.SystemMounts;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who can do what at one moment. A call takes one catalog and keeps to it.
 *
 * @param handlers by type, the highest ranking first
 * @param transformers by prefix, the highest ranking first
 * @param system who performs system mounts, if anybody
 */
record Catalog(
        Map<String, List<Provider<MountHandler>>> handlers,
        Map<String, List<Provider<MountTransformer>>> transformers,
        Optional<Provider<SystemMounts>> system) {
    Optional<Provider<MountHandler>> handler(String type) {
        return handlers.getOrDefault(type, List.of()).stream().findFirst();
    }

    Optional<Provider<MountTransformer>> transformer(String prefix) {
        return transformers.getOrDefault(prefix, List.of()).stream().findFirst();
    }

    /**
     * Returns who performs system mounts.
     *
     * @throws DavitException {@code UNAVAILABLE} if nobody does
     */
    SystemMounts requireSystem() throws DavitException {
        return system.map(Provider::service)
                .orElseThrow(
                        () ->
                                new DavitException(
                                        Kind.UNAVAILABLE, "nobody here can make system mounts"));
    }

    /**
     * Returns the transformer of a prefix.
     *
     * @throws DavitException {@code UNAVAILABLE} if there is none now
     */
    MountTransformer requireTransformer(String prefix) throws DavitException {
        return transformer(prefix)
                .map(Provider::service)
                .orElseThrow(
                        () ->
                                new DavitException(
                                        Kind.UNAVAILABLE, "no transformer " + Texts.quote(prefix)));
    }

    /**
     * Returns the handler of a type.
     *
     * @throws DavitException {@code UNAVAILABLE} if there is none now
     */
    MountHandler requireHandler(String type) throws DavitException {
        return handler(type)
                .map(Provider::service)
                .orElseThrow(
                        () ->
                                new DavitException(
                                        Kind.UNAVAILABLE,
                                        "no handler for mount type " + Texts.quote(type)));
    }
}

package io.davit.shim.containerd;

import com.google.protobuf.InvalidProtocolBufferException;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Texts;
import io.davit.oci.Json;
import io.davit.oci.JsonObject;
import io.davit.shim.containerd.wire.Types.RuntimeInfo;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a shim's binary says of itself.
 *
 * @param generation how it wants to be started, as far as its answer shows
 * @param mounts the mount types it performs itself
 * @param features what it can do besides, in the words of {@link io.davit.api.shim.ShimInfo}
 * @param attributes what a person may want to know
 */
record BinaryFacts(
        Generation generation,
        Set<String> mounts,
        Set<String> features,
        Map<String, String> attributes) {
    private static final String MOUNTS = "containerd.io/runtime-allow-mounts";
    private static final String IDMAPPED_MOUNTS = "mount.idmap";

    /** The exit code of a program that does not know a flag. */
    private static final int USAGE = 2;

    /** How a shim wants to be started. */
    enum Generation {
        /** Knows no {@code -info}: before 2.0. It takes options, and may refuse parameters. */
        OLD,
        /** Knows {@code -info}: it takes parameters or ignores them. */
        NEW,
        /** Did not say. */
        UNKNOWN
    }

    BinaryFacts {
        mounts = Set.copyOf(mounts);
        features = Set.copyOf(features);
        attributes = Map.copyOf(attributes);
    }

    /** Reads the answer to {@code -info}. */
    static BinaryFacts of(ShimBinary binary, HelperProcess.Result answer) {
        if (answer.code() == USAGE) {
            return plain(binary, Generation.OLD, Map.of());
        }
        if (answer.code() != 0) {
            return unknown(binary, "exit " + answer.code() + ": " + answer.err());
        }
        try {
            return of(binary, RuntimeInfo.parseFrom(answer.out()));
        } catch (InvalidProtocolBufferException e) {
            return unknown(binary, "answer is no message");
        }
    }

    /** What is known of a binary that did not say. */
    static BinaryFacts unknown(ShimBinary binary, String why) {
        return plain(binary, Generation.UNKNOWN, Map.of("info.error", Texts.quote(why)));
    }

    private static BinaryFacts plain(
            ShimBinary binary, Generation generation, Map<String, String> more) {
        Map<String, String> attributes = new HashMap<>(more);
        attributes.put("binary", binary.path().toString());
        return new BinaryFacts(generation, Set.of(), Set.of(), attributes);
    }

    private static BinaryFacts of(ShimBinary binary, RuntimeInfo info) {
        Map<String, String> attributes = new HashMap<>();
        attributes.put("binary", binary.path().toString());
        attributes.put("name", Texts.quote(info.getName()));
        attributes.put("version", Texts.quote(info.getVersion().getVersion()));
        return new BinaryFacts(
                Generation.NEW,
                mounts(info.getAnnotationsMap()),
                features(info.getFeatures().getValue().toByteArray()),
                attributes);
    }

    /** Reads the mount types that annotations, or what a started shim said besides, claim. */
    static Set<String> mounts(Map<String, String> annotations) {
        Set<String> claims = new TreeSet<>();
        Arrays.stream(annotations.getOrDefault(MOUNTS, "").split(","))
                .map(String::strip)
                .filter(claim -> !claim.isEmpty())
                .forEach(claims::add);
        return claims;
    }

    /** Adds the mount types that a started shim of this binary claimed. */
    BinaryFacts claiming(Set<String> more) {
        Set<String> all = new HashSet<>(mounts);
        all.addAll(more);
        return new BinaryFacts(generation, all, features, attributes);
    }

    private static Set<String> features(byte[] json) {
        if (json.length == 0) {
            return Set.of();
        }
        try {
            boolean idmap =
                    JsonObject.of("features", Json.parse("features", json))
                            .object("linux", linux -> linux.object("mountExtensions", m -> m))
                            .flatMap(extensions -> extensions)
                            .flatMap(extensions -> extensions.object("idmap", i -> i))
                            .map(i -> i.flag("enabled"))
                            .orElse(false);
            return idmap ? Set.of(IDMAPPED_MOUNTS) : Set.of();
        } catch (DavitException e) {
            return Set.of();
        }
    }
}

package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.api.task.Deadline;
import io.davit.oci.Json;
import io.davit.oci.JsonObject;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a program says about itself.
 *
 * @param version its version
 * @param features what it can do, in Davit's words
 */
record ProgramFacts(RuntimeVersion version, Set<String> features) {
    /** Checkpoints, where CRIU works. */
    static final String CHECKPOINT = "checkpoint";

    private static final String MONITOR = "conmon";
    private static final String IDMAPPED_MOUNTS = "mount.idmap";

    ProgramFacts {
        features = Set.copyOf(features);
    }

    static ProgramFacts ask(Path program, Deadline deadline) throws DavitException {
        Command.Result said =
                new Command(program.toString(), List.of("--version"), Command.OUT)
                        .run("ask version", deadline);
        RuntimeVersion version =
                RuntimeVersion.parse(said.text())
                        .orElseThrow(
                                () ->
                                        new DavitException(
                                                Kind.UNAVAILABLE,
                                                "program does not tell its version: path="
                                                        + Texts.quote(program.toString())
                                                        + " output="
                                                        + Texts.quote(said.text())));
        Set<String> features = new HashSet<>(features(program, version, deadline));
        if (!version.name().equals("crun") || said.text().contains("+CRIU")) {
            features.add(CHECKPOINT);
        }
        return new ProgramFacts(version, features);
    }

    /** Older runtimes do not know the command; then nothing is known beyond the specification. */
    private static Set<String> features(Path program, RuntimeVersion version, Deadline deadline)
            throws DavitException {
        if (version.name().equals(MONITOR)) {
            return Set.of();
        }
        Command.Result said =
                new Command(program.toString(), List.of("features"), Command.OUT)
                        .run("ask features", deadline);
        if (said.code() != 0) {
            return Set.of();
        }
        try {
            return parse(said.text());
        } catch (DavitException e) {
            return Set.of();
        }
    }

    /** Reads the answer to {@code features}. Source: OCI runtime specification, features.md. */
    static Set<String> parse(String json) throws DavitException {
        JsonObject features = JsonObject.of("features", Json.parse("features", json));
        boolean idmap =
                features.object("linux", linux -> linux)
                        .flatMap(linux -> linux.object("mountExtensions", m -> m))
                        .flatMap(extensions -> extensions.object("idmap", i -> i))
                        .map(i -> i.flag("enabled"))
                        .orElse(false);
        return idmap ? Set.of(IDMAPPED_MOUNTS) : Set.of();
    }
}

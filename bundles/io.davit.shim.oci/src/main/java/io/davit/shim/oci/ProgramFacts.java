package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.api.task.Deadline;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What a program says about itself.
 *
 * @param version its version
 * @param features what it can do, in Davit's words
 */
record ProgramFacts(RuntimeVersion version, Set<String> features) {
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
        return new ProgramFacts(version, Set.of());
    }
}

package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.api.task.Deadline;
import io.davit.linux.LinuxException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container of the stock shim that neither the shim nor its binary removes, as when the binary is
 * gone, or is of a release that wants a file the shim did not live to write.
 */
final class OrphanedContainer {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedContainer.class);

    private static final String DEFAULT = "runc";

    private final TaskPlace place;

    OrphanedContainer(TaskPlace place) {
        this.place = place;
    }

    /** Has the OCI runtime delete it, if it is there. */
    void delete(Deadline deadline) throws DavitException {
        Optional<Path> state = state();
        if (state.isEmpty() || !Files.isDirectory(state.get().resolve(place.id().id()))) {
            return;
        }
        Path root = state.get();
        Map<String, String> environment = place.host().invocation().plainEnvironment();
        ShimBinary runtime = runtime(environment.get("PATH"));
        HelperProcess call =
                new HelperProcess(
                        runtime.path(),
                        List.of("--root", root.toString(), "delete", "--force", place.id().id()),
                        environment,
                        place.bundle().path(),
                        new byte[0]);
        HelperProcess.Result result =
                place.host().helpers().run(call, "delete container " + place.id(), deadline);
        if (result.code() != 0) {
            throw new DavitException(
                    Kind.INTERNAL,
                    "container is left: task="
                            + place.id()
                            + " said="
                            + Failures.quote(result.err()));
        }
        LOG.info("container of a dead shim deleted: task={}", place.id());
    }

    private Optional<Path> state() throws DavitException {
        try {
            return RuncOptions.root(place)
                    .map(root -> root.resolve(place.id().namespace().toString()));
        } catch (LinuxException e) {
            throw Failures.of("find container: task=" + place.id(), e);
        }
    }

    /** The stock shim leaves the name of its OCI runtime in a file. */
    private ShimBinary runtime(String searchPath) throws DavitException {
        String name = DEFAULT;
        try {
            name = place.files().read("runtime").filter(n -> !n.isBlank()).orElse(DEFAULT).strip();
        } catch (LinuxException e) {
            LOG.debug("name of the runtime is not recorded: task={}", place.id(), e);
        }
        if (name.startsWith("/")) {
            return ShimBinary.require(Path.of(name));
        }
        String plain = Path.of(name).getFileName().toString();
        return Settings.searchPath(searchPath).stream()
                .map(directory -> directory.resolve(plain))
                .filter(Files::isExecutable)
                .findFirst()
                .map(ShimBinary::require)
                .orElseThrow(
                        () ->
                                new DavitException(
                                        Kind.NOT_FOUND,
                                        "binary " + Texts.quote(plain) + " not in PATH"));
    }
}

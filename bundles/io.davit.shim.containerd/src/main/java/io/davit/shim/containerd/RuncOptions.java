package io.davit.shim.containerd;

import com.google.protobuf.InvalidProtocolBufferException;

import io.davit.api.errors.DavitException;
import io.davit.api.task.TypedValue;
import io.davit.linux.LinuxException;
import io.davit.oci.Json;
import io.davit.oci.JsonObject;
import io.davit.shim.containerd.wire.Runc.Options;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The options of the stock shim. Unless a task says otherwise its OCI runtime keeps its state in
 * the task's own directory: in the usual one a container of the same name, of containerd or of
 * another Davit, would be in the way, and removed when a creation that failed is undone.
 *
 * <p>The shim reads where the state is from a file that it writes itself while it creates the task;
 * the file is there from the start, so that its delete action never looks elsewhere. Source:
 * containerd {@code cmd/containerd-shim-runc-v2}.
 */
final class RuncOptions {
    private static final String TYPE = "containerd.runc.v1.Options";
    private static final Set<String> SHIMS =
            Set.of("containerd-shim-runc-v1", "containerd-shim-runc-v2");
    private static final String STATE = "runc";

    private RuncOptions() {}

    /** Says where the state will be, if the binary is the stock shim. */
    static void prepare(TaskPlace place, ShimBinary binary) throws LinuxException {
        if (SHIMS.contains(binary.path().getFileName().toString())) {
            note(place, given(place.context().options()).map(Options::getRoot).orElse(""));
        }
    }

    private static void note(TaskPlace place, String given) throws LinuxException {
        String root = given.isEmpty() ? place.files().path(STATE).toString() : given;
        place.files().write(BundleFiles.OPTIONS, Json.write(Map.of("root", root)));
    }

    /** Adds where the state is to what is given, if that was noted and nothing else is said. */
    static Optional<TypedValue> complete(TaskPlace place, Optional<TypedValue> given)
            throws LinuxException {
        Optional<Options> options = given(given);
        if (place.files().read(BundleFiles.OPTIONS).isEmpty()
                || given.isPresent() && options.isEmpty()) {
            return given;
        }
        Options said = options.orElse(Options.getDefaultInstance());
        note(place, said.getRoot());
        Options whole = said.toBuilder().setRoot(root(place).orElseThrow().toString()).build();
        return Optional.of(new TypedValue(TYPE, whole.toByteArray()));
    }

    /** Finds where the state is; nothing if that was never said. */
    static Optional<Path> root(TaskPlace place) throws LinuxException, DavitException {
        Optional<String> text = place.files().read(BundleFiles.OPTIONS);
        return text.flatMap(
                json ->
                        JsonObject.of(BundleFiles.OPTIONS, Json.parse(BundleFiles.OPTIONS, json))
                                .text("root")
                                .filter(root -> root.startsWith("/"))
                                .map(Path::of));
    }

    /** Reads options of the stock shim; nothing if they are of another type, or broken. */
    private static Optional<Options> given(Optional<TypedValue> value) {
        try {
            return value.isPresent() && isRunc(value.get())
                    ? Optional.of(Options.parseFrom(value.get().value()))
                    : Optional.empty();
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    private static boolean isRunc(TypedValue value) {
        return value.typeUrl().equals(TYPE) || value.typeUrl().endsWith("/" + TYPE);
    }
}

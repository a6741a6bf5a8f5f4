package io.davit.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A whole specification: the document config.json, read and checked.
 *
 * <p>What it holds is well-formed and in range; whether it is allowed here is for a {@link
 * SpecPolicy} to say.
 *
 * @param ociVersion the version of the format, 1.x; not {@code null}
 * @param process the first process; not {@code null}
 * @param root the root filesystem; not {@code null}
 * @param hostname the host's name inside; not {@code null}
 * @param mounts what the runtime mounts, in order
 * @param annotations texts for runtimes and tools, in the order of the document
 * @param hooks whether there are programs to run on the host
 * @param linux what is said for Linux; not {@code null}
 * @param object the document as it was read, with fields not named here; not {@code null}
 * @since 1.0
 */
public record RuntimeSpec(
        String ociVersion,
        ProcessSpec process,
        Optional<SpecRoot> root,
        Optional<String> hostname,
        List<SpecMount> mounts,
        Map<String, String> annotations,
        boolean hooks,
        Optional<LinuxSpec> linux,
        JsonObject object) {
    private static final String WHAT = "spec";
    private static final int LONGEST_HOSTNAME = 64;
    private static final int LONGEST_VERSION = 64;

    /** Copies the list; the map is one of {@link JsonObject#textMap}. */
    public RuntimeSpec {
        Objects.requireNonNull(ociVersion, "ociVersion");
        Objects.requireNonNull(process, "process");
        mounts = List.copyOf(mounts);
        Objects.requireNonNull(object, "object");
    }

    /**
     * Reads a document.
     *
     * @param json its text; not {@code null}
     * @return never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if it is malformed or out of range, naming
     *     the field; {@code NOT_IMPLEMENTED} if its version is not 1.x
     */
    public static RuntimeSpec parse(String json) throws DavitException {
        return of(Json.parse(WHAT, json));
    }

    /**
     * Reads a document in UTF-8.
     *
     * @param utf8 its text; not {@code null}
     * @return never {@code null}
     * @throws DavitException as for {@link #parse(String)}
     */
    public static RuntimeSpec parse(byte[] utf8) throws DavitException {
        return of(Json.parse(WHAT, utf8));
    }

    /**
     * Returns the same specification with one value changed, checked again.
     *
     * @param value the new value, as {@link Json#write} takes it; {@code null} to remove the field
     * @param path names of fields from the outermost in, for example {@code root}, {@code path}
     * @return a changed copy; never {@code null}
     * @throws DavitException as for {@link #parse(String)}
     */
    public RuntimeSpec with(Object value, String... path) throws DavitException {
        return of(Json.with(object.tree(), value, path));
    }

    /**
     * Writes the document, with every field that was read.
     *
     * @return JSON without white space; never {@code null}
     */
    public String json() {
        return Json.write(object.tree());
    }

    static RuntimeSpec of(Object document) {
        SpecShapes.SPEC.require(WHAT, document);
        JsonObject spec = JsonObject.of(WHAT, document);
        String version = version(spec);
        ProcessSpec process =
                spec.object("process", ProcessSpec::read)
                        .orElseThrow(() -> spec.invalid("process", "is required"));
        return new RuntimeSpec(
                version,
                process,
                spec.object("root", SpecRoot::read),
                hostname(spec),
                spec.objects("mounts", SpecMount::read),
                annotations(spec),
                spec.object("hooks", hooks -> !hooks.tree().isEmpty()).orElse(false),
                spec.object("linux", LinuxSpec::read),
                spec);
    }

    private static String version(JsonObject spec) {
        String version = spec.requireText("ociVersion");
        if (version.length() > LONGEST_VERSION
                || !version.matches("[0-9]{1,9}\\.[0-9]{1,9}\\.[0-9]{1,9}([+-][A-Za-z0-9.+-]+)?")) {
            throw spec.invalid("ociVersion", Texts.quote(version) + " is no version");
        }
        if (!version.startsWith("1.")) {
            throw new DavitException(
                    Kind.NOT_IMPLEMENTED, "spec.ociVersion: " + version + " is not 1.x");
        }
        return version;
    }

    private static Optional<String> hostname(JsonObject spec) {
        Optional<String> name = spec.text("hostname").filter(text -> !text.isEmpty());
        name.ifPresent(
                text -> {
                    if (text.length() > LONGEST_HOSTNAME || !text.matches("[A-Za-z0-9._-]+")) {
                        throw spec.invalid("hostname", Texts.quote(text) + " is no host name");
                    }
                });
        return name;
    }

    private static Map<String, String> annotations(JsonObject spec) {
        Map<String, String> annotations = spec.textMap("annotations");
        annotations.forEach(
                (key, value) -> {
                    if (key.isEmpty() || key.indexOf('\0') >= 0 || value.indexOf('\0') >= 0) {
                        throw spec.invalid(
                                "annotations", "a key is empty or something holds a NUL");
                    }
                });
        return annotations;
    }

    /** Shows no value of the environment. */
    @Override
    public String toString() {
        return "RuntimeSpec[" + process + " mounts=" + mounts.size() + " hooks=" + hooks + "]";
    }
}

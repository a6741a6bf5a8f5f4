package io.davit.shim.containerd;

import com.google.protobuf.InvalidProtocolBufferException;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.oci.Json;
import io.davit.oci.JsonObject;
import io.davit.shim.containerd.wire.Bootstrap.BootstrapResult;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a shim said when it was started: a protobuf message, a JSON object, or an address alone.
 *
 * @param version of the task API, 2 or 3
 * @param address where it answers; not checked here
 * @param metadata what it said besides
 */
record ShimAnswer(int version, String address, Map<String, String> metadata) {
    private static final int OLDEST = 2;
    private static final int NEWEST = 3;
    private static final String PROTOCOL = "ttrpc";
    private static final String UNIX = "unix://";

    /** Reads what was printed. */
    static ShimAnswer parse(byte[] printed) throws DavitException {
        Optional<BootstrapResult> message = message(printed);
        if (message.isPresent()) {
            BootstrapResult result = message.get();
            return of(
                    result.getVersion(),
                    result.getAddress(),
                    result.getProtocol(),
                    result.getMetadataMap());
        }
        String text = text(printed);
        if (text.isEmpty()) {
            throw Failures.protocol("shim gave no address");
        }
        return text.startsWith("{") ? json(text) : of(OLDEST, text, PROTOCOL, Map.of());
    }

    private static ShimAnswer of(
            long version, String address, String protocol, Map<String, String> metadata)
            throws DavitException {
        if (version < OLDEST) {
            throw Failures.protocol("shim version is too old: version=" + version);
        }
        if (version > NEWEST) {
            throw new DavitException(
                    Kind.NOT_IMPLEMENTED, "shim version is not supported: version=" + version);
        }
        if (!protocol.toLowerCase(Locale.ROOT).equals(PROTOCOL)) {
            throw new DavitException(
                    Kind.NOT_IMPLEMENTED,
                    "protocol of shim is not supported: protocol=" + Failures.quote(protocol));
        }
        if (address.isEmpty()) {
            throw Failures.protocol("shim gave no address");
        }
        return new ShimAnswer((int) version, address, Map.copyOf(metadata));
    }

    /** Neither a path nor a JSON text is a valid message. */
    private static Optional<BootstrapResult> message(byte[] printed) {
        try {
            BootstrapResult result = BootstrapResult.parseFrom(printed);
            boolean saysSomething = result.getVersion() != 0 || !result.getAddress().isEmpty();
            return saysSomething ? Optional.of(result) : Optional.empty();
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    private static ShimAnswer json(String text) throws DavitException {
        try {
            JsonObject object = JsonObject.of("answer", Json.parse("answer", text));
            return of(
                    object.integer("version", 0, Integer.MAX_VALUE).orElse(0),
                    object.text("address").orElse(""),
                    object.text("protocol").orElse(""),
                    object.has("metadata") ? object.textMap("metadata") : Map.of());
        } catch (DavitException e) {
            if (e.kind() == Kind.INVALID_ARGUMENT) {
                throw Failures.protocol("shim answer is malformed: " + e.getMessage());
            }
            throw e;
        }
    }

    private static String text(byte[] printed) throws DavitException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(printed))
                    .toString()
                    .strip();
        } catch (CharacterCodingException e) {
            String begin =
                    new String(
                            printed, 0, Math.min(printed.length, 100), StandardCharsets.ISO_8859_1);
            throw Failures.protocol(
                    "shim answer is neither text nor a message: " + Failures.quote(begin));
        }
    }

    /** The socket it names; nothing if it names something else. Not checked here. */
    Optional<Path> socket() {
        boolean socket = address.startsWith(UNIX) && address.indexOf('\0') < 0;
        return socket ? Optional.of(Path.of(address.substring(UNIX.length()))) : Optional.empty();
    }

    /** Writes it as containerd does. */
    String toJson() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("version", version);
        object.put("address", address);
        object.put("protocol", PROTOCOL);
        if (!metadata.isEmpty()) {
            object.put("metadata", metadata);
        }
        return Json.write(object);
    }
}

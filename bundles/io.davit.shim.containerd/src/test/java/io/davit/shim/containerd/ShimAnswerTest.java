package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.shim.containerd.wire.Bootstrap.BootstrapResult;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;

/** Reading what a shim says when it is started. */
class ShimAnswerTest {
    private static final long FUZZ_SECONDS = Long.getLong("davit.fuzz.seconds", 1);

    private static ShimAnswer parse(String text) {
        return ShimAnswer.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static DavitException refusal(byte[] bytes) {
        return assertThrows(DavitException.class, () -> ShimAnswer.parse(bytes));
    }

    @Test
    void an_address_alone_means_version_2() {
        ShimAnswer answer = parse(" unix:///run/x\n");
        assertEquals(new ShimAnswer(2, "unix:///run/x", Map.of()), answer);
        assertEquals("/run/x", answer.socket().orElseThrow().toString());
    }

    @Test
    void an_object_and_a_message_say_the_same() {
        ShimAnswer object =
                parse("{\"version\":3,\"address\":\"unix:///run/x\",\"protocol\":\"TTRPC\"}");
        BootstrapResult message =
                BootstrapResult.newBuilder()
                        .setVersion(3)
                        .setAddress("unix:///run/x")
                        .setProtocol("ttrpc")
                        .addCapabilities(0)
                        .build();
        assertEquals(object, ShimAnswer.parse(message.toByteArray()));
        assertEquals(object, parse(object.toJson()));
    }

    @Test
    void what_a_shim_says_besides_becomes_claims() {
        BootstrapResult message =
                BootstrapResult.newBuilder()
                        .setVersion(3)
                        .setAddress("unix:///run/x")
                        .setProtocol("ttrpc")
                        .putMetadata("containerd.io/runtime-allow-mounts", "erofs, mkdir/*,,")
                        .build();
        ShimAnswer answer = ShimAnswer.parse(message.toByteArray());
        assertEquals(java.util.Set.of("erofs", "mkdir/*"), BinaryFacts.mounts(answer.metadata()));
        assertEquals(answer, parse(answer.toJson()));
    }

    @Test
    void versions_and_protocols_out_of_range_are_named() {
        assertEquals(Kind.NOT_IMPLEMENTED, refusal(json(4, "ttrpc")).kind());
        assertEquals(Kind.NOT_IMPLEMENTED, refusal(json(99, "ttrpc")).kind());
        assertEquals(Kind.INTERNAL, refusal(json(1, "ttrpc")).kind());
        assertEquals(Kind.NOT_IMPLEMENTED, refusal(json(3, "grpc")).kind());
        assertTrue(refusal(json(3, "grpc")).getMessage().contains("grpc"));
    }

    private static byte[] json(int version, String protocol) {
        String text =
                "{\"version\":" + version + ",\"address\":\"a\",\"protocol\":\"" + protocol + "\"}";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void nothing_is_no_address() {
        assertEquals("protocol error: shim gave no address", refusal(new byte[0]).getMessage());
        assertEquals(
                "protocol error: shim gave no address", refusal(" \n".getBytes()).getMessage());
    }

    @Test
    void anything_is_read_or_refused_in_few_words() {
        Random random = new Random(4711);
        byte[] seed = json(3, "ttrpc");
        long end = System.nanoTime() + FUZZ_SECONDS * 1_000_000_000L;
        while (System.nanoTime() - end < 0) {
            byte[] bytes = random.nextBoolean() ? seed.clone() : new byte[random.nextInt(200)];
            if (bytes.length != seed.length) {
                random.nextBytes(bytes);
            } else {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                ShimAnswer.parse(bytes);
            } catch (DavitException e) {
                assertTrue(e.getMessage().length() < 500, e::getMessage);
            }
        }
    }
}

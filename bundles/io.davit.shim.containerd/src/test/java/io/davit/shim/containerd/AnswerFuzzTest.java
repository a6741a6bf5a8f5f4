package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;

import io.davit.api.errors.DavitException;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Any bytes at all in the place of what a shim says. A normal run tries a few; with the variable
 * {@code JAZZER_FUZZ=1} Jazzer looks for others, guided by what they reach, for ten minutes.
 */
class AnswerFuzzTest {
    private static final ShimBinary BINARY = new ShimBinary(Path.of("/usr/bin/shim"), "1");

    @FuzzTest(maxDuration = "10m")
    void an_answer_to_start_is_understood_or_refused(byte[] bytes) {
        try {
            ShimAnswer answer = ShimAnswer.parse(bytes);
            byte[] json = answer.toJson().getBytes(StandardCharsets.UTF_8);
            assertEquals(answer, ShimAnswer.parse(json));
            assertTrue(ShimAddress.named(answer.address()).isAbsolute());
        } catch (DavitException e) {
            assertTrue(e.getMessage().length() < 500, e::getMessage);
        }
    }

    @FuzzTest(maxDuration = "10m")
    void an_answer_to_info_is_understood_or_said_to_be_none(byte[] bytes) {
        BinaryFacts facts = BinaryFacts.of(BINARY, new HelperProcess.Result(0, bytes, ""));
        assertTrue(facts.attributes().containsKey("binary"));
    }
}

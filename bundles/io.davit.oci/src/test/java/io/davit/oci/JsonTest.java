package io.davit.oci;

import static io.davit.oci.Refusals.assertInvalid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** JSON is read strictly and written so that it reads the same. */
class JsonTest {
    private static Object parse(String text) {
        return Json.parse("spec", text);
    }

    @Test
    void every_kind_of_value_is_read() {
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("a", List.of(1L, -2L, new JsonNumber("1.50"), new JsonNumber("1E+2")));
        expected.put("b", null);
        expected.put("c", true);
        expected.put("d", Map.of("e", false));
        expected.put("", "\"\\/\b\f\n\r\té\uD83D\uDE00\u0000");
        assertEquals(
                expected,
                parse(
                        " {\"a\" : [1,-2,1.50,1E+2],\r\n\t\"b\":null,\"c\":true,\"d\":{\"e\":false},"
                                + "\"\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\\u0000\"} "));
        assertNull(parse("null"));
        assertEquals(List.of(), parse("[]"));
        assertEquals(Map.of(), parse("{}"));
        assertEquals(Long.MIN_VALUE, parse("-9223372036854775808"));
        assertEquals(Long.MAX_VALUE, parse("9223372036854775807"));
        assertEquals(new JsonNumber("18446744073709551615"), parse("18446744073709551615"));
        assertEquals(new JsonNumber("-0"), parse("-0"));
        assertEquals(0L, parse("0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "\"",
                "\"\\",
                "\"\\u12",
                "nul",
                "tru",
                "True",
                "NaN",
                "Infinity",
                "-Infinity",
                "-",
                "+1",
                "01",
                "-01",
                "1.",
                ".5",
                "1e",
                "1e+",
                "0x1",
                "1_0",
                "1 2",
                "{} {}",
                "{}x",
                "[1,]",
                "[,1]",
                "[1 2]",
                "{\"a\":1,}",
                "{,}",
                "{\"a\"}",
                "{\"a\" 1}",
                "{a:1}",
                "{'a':1}",
                "{1:1}",
                "'a'",
                "\"\\x\"",
                "\"\\u00g0\"",
                "\"\\u٠٠٠٠\"",
                "\"a\nb\"",
                "\"a\tb\"",
                "\"\u0000\"",
                "// x\n1",
                "/* x */1",
                "# x\n1",
                "\uFEFF{}",
                "\"\\ud800\"",
                "\"\\udc00\\ud800\"",
                "\"\\ud800x\"",
                "١",
                "\u00a01",
                "\f1",
                "]",
                "}"
            })
    void what_is_not_quite_json_is_refused(String text) {
        DavitException refused = assertThrows(DavitException.class, () -> parse(text));
        assertEquals(Kind.INVALID_ARGUMENT, refused.kind());
        assertTrue(refused.getMessage().matches("spec[\\[.:].*"), refused.getMessage());
    }

    @Test
    void a_lone_surrogate_in_the_text_itself_is_refused() {
        assertInvalid("spec.a", () -> parse("{\"a\":\"\uD800\"}"));
    }

    @Test
    void bytes_must_be_utf_8_without_a_mark() {
        byte[] good = "{\"a\":\"é\uD83D\uDE00\"}".getBytes(StandardCharsets.UTF_8);
        assertEquals(Map.of("a", "é\uD83D\uDE00"), Json.parse("spec", good));
        byte[][] bad = {
            {'"', (byte) 0xc3, '"'},
            {'"', (byte) 0xc0, (byte) 0x80, '"'},
            {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'},
            {'"', (byte) 0xff, '"'},
            {(byte) 0xef, (byte) 0xbb, (byte) 0xbf, '1'},
            {(byte) 0xff, (byte) 0xfe, '1', 0}
        };
        for (byte[] utf8 : bad) {
            assertInvalid("spec", () -> Json.parse("spec", utf8));
        }
    }

    @Test
    void a_key_that_is_there_twice_is_refused_by_its_path() {
        assertInvalid("spec.a", () -> parse("{\"a\":1,\"b\":2,\"a\":3}"));
        assertInvalid("spec.x[1].a", () -> parse("{\"x\":[{},{\"a\":1,\"\\u0061\":3}]}"));
    }

    @Test
    void nesting_is_bounded_at_32() {
        assertEquals(1, ((List<?>) parse("[".repeat(32) + "]".repeat(32))).size());
        DavitException deep =
                assertThrows(DavitException.class, () -> parse("[".repeat(33) + "]".repeat(33)));
        assertTrue(deep.getMessage().contains("nested deeper than 32"));
        for (String open : new String[] {"[", "{\"a\":"}) {
            DavitException refused =
                    assertThrows(DavitException.class, () -> parse(open.repeat(10_000)));
            assertTrue(refused.getMessage().length() < 500);
        }
    }

    @Test
    void a_document_is_at_most_1_mib_of_utf_8() {
        int most = Json.LONGEST - 2;
        assertEquals(most, ((String) parse("\"" + "x".repeat(most) + "\"")).length());
        assertInvalid("spec", () -> parse("\"" + "x".repeat(most + 1) + "\""));
        assertInvalid("spec", () -> parse("\"" + "é".repeat(most / 2 + 1) + "\""));
        assertEquals(
                most / 4,
                parse("\"" + "\uD83D\uDE00".repeat(most / 4) + "\"")
                        .toString()
                        .codePoints()
                        .count());
        assertInvalid("spec", () -> parse("\"" + "\uD83D\uDE00".repeat(most / 4 + 1) + "\""));
        String huge = " ".repeat(100 << 20);
        assertInvalid("spec", () -> parse(huge));
    }

    @Test
    void a_message_says_where_and_shows_no_content() {
        DavitException refused =
                assertThrows(
                        DavitException.class,
                        () -> parse("{\"process\":\n {\"env\":[\"A=secret\nmore\"]}}"));
        assertEquals(
                "spec.process.env[0]: control character in a string: character=U+000A"
                        + " line=2 column=19",
                refused.getMessage());
    }

    @Test
    void long_and_strange_keys_make_no_long_messages() {
        String key = "k".repeat(1000);
        assertInvalid("spec.\"" + "k".repeat(40) + "\"", () -> parse("{\"" + key + "\":x}"));
        StringBuilder nested = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            nested.append("{\"").append(key).append("\":");
        }
        DavitException refused =
                assertThrows(DavitException.class, () -> parse(nested.append('x').toString()));
        assertTrue(refused.getMessage().length() < 500, refused.getMessage());
        assertInvalid("spec.\"a\\n\"", () -> parse("{\"a\\n\":x}"));
    }

    @Test
    void what_is_read_cannot_be_changed() {
        Map<?, ?> map = (Map<?, ?>) parse("{\"a\":[1]}");
        assertThrows(UnsupportedOperationException.class, () -> map.remove("a"));
        assertThrows(UnsupportedOperationException.class, () -> ((List<?>) map.get("a")).remove(0));
    }

    @Test
    void one_value_is_changed_and_everything_else_is_kept_as_it_was_written() {
        String text = "{\"z\":1.10,\"root\":{\"x\":-0,\"path\":\"a\"},\"y\":[1e400,null]}";
        Map<String, Object> tree = JsonObject.of("spec", parse(text)).tree();
        assertEquals(text, Json.write(tree));
        assertEquals(
                text.replace("\"a\"", "\"b\""), Json.write(Json.with(tree, "b", "root", "path")));
        assertEquals(
                "{\"z\":1.10,\"root\":{\"x\":-0,\"path\":\"a\"},\"y\":[1e400,null],\"n\":{\"m\":1}}",
                Json.write(Json.with(tree, 1L, "n", "m")));
        assertEquals(
                "{\"z\":1.10,\"root\":{\"x\":-0},\"y\":[1e400,null]}",
                Json.write(Json.with(tree, null, "root", "path")));
        assertThrows(DavitException.class, () -> Json.with(tree, 1L, "z", "m"));
    }

    @Test
    void only_json_is_written() {
        assertThrows(IllegalArgumentException.class, () -> Json.write(List.of(1.5)));
        assertThrows(IllegalArgumentException.class, () -> Json.write(new Object()));
        assertEquals("\"\\u0000\\u001f\\\"\\\\/é\"", Json.write("\u0000\u001f\"\\/é"));
    }

    /** Another reader agrees, on documents that mutation made mostly bad. */
    @Test
    void the_same_documents_are_taken_and_refused_as_by_another_strict_reader() throws IOException {
        String seed =
                "{\"a\":[1,-2.5e3,true,null,\"x\\u00e9\\n\"],\"b\":{\"c\":\"\",\"d\":[[],{}]},\"e\":0}";
        String letters = "{}[]\",:0123456789.eE+-\\u tfnrlabcd \n\t/";
        Random random = new Random(1);
        int taken = 0;
        for (int i = 0; i < MUTANTS; i++) {
            StringBuilder text = new StringBuilder(seed);
            for (int m = random.nextInt(3); m >= 0; m--) {
                mutate(text, letters.charAt(random.nextInt(letters.length())), random);
            }
            Object other = other(text.toString());
            Object ours = ours(text.toString());
            assertEquals(other, ours, text.toString());
            taken += ours == REFUSED ? 0 : 1;
        }
        assertTrue(taken > MUTANTS / 20, "taken=" + taken);
    }

    /** More with {@code -Ddavit.oci.mutants=1000000}. */
    private static final int MUTANTS = Integer.getInteger("davit.oci.mutants", 4000);

    private static final Object REFUSED = "refused";
    private static final JsonFactory STRICT =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private static void mutate(StringBuilder text, char letter, Random random) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
            case 0 -> text.setCharAt(at, letter);
            case 1 -> text.insert(at, letter);
            default -> text.deleteCharAt(at);
        }
    }

    private static Object ours(String text) {
        try {
            return parse(text);
        } catch (DavitException e) {
            return REFUSED;
        }
    }

    private static Object other(String text) throws IOException {
        try (JsonParser parser = STRICT.createParser(text)) {
            Object value = value(parser, parser.nextToken());
            return parser.nextToken() == null ? value : REFUSED;
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            return REFUSED;
        }
    }

    private static Object value(JsonParser parser, JsonToken token) throws IOException {
        if (token == null) {
            return REFUSED;
        }
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> number(parser.getText());
        };
    }

    private static Object number(String text) {
        try {
            return text.equals("-0") ? new JsonNumber(text) : Long.valueOf(text);
        } catch (NumberFormatException e) {
            return new JsonNumber(text);
        }
    }

    private static Object object(JsonParser parser) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            object.put(name, value(parser, parser.nextToken()));
        }
        return object;
    }

    private static Object array(JsonParser parser) throws IOException {
        List<Object> array = new ArrayList<>();
        JsonToken token = parser.nextToken();
        while (token != JsonToken.END_ARRAY) {
            array.add(value(parser, token));
            token = parser.nextToken();
        }
        return array;
    }
}

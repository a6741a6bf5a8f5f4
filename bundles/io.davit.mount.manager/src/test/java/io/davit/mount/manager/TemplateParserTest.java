package io.davit.mount.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The grammar of templates, its bounds and its columns. */
class TemplateParserTest {
    private static final List<ActiveMount> ACTIVE =
            List.of(active("s0", "t0", "/m/0"), active("s1", "t1", "/m/1"));

    private static ActiveMount active(String source, String target, String at) {
        return new ActiveMount(new Mount("x", source, target, List.of()), at, null, Map.of());
    }

    private static String expand(String text) {
        return TemplateParser.parse(text).expand(ACTIVE, UnaryOperator.identity(), 4096);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "{{source 1}}, s1",
                "{{ target 0 }}, t0",
                "a{{mount 0}}b{{ mount 1 }}, a/m/0b/m/1",
                "{{overlay 1 0}}, /m/1:/m/0",
                "'{{ \"a\\\"b\\\\c\" }}', 'a\"b\\c'",
                "'x {{- mount 0 -}} y', x/m/0y",
                "'{{ \"}}\" }}', }}",
                "{ { mount 0 } }, { { mount 0 } }",
                "{{ mount 0 }} }}, /m/0 }}",
            })
    void a_well_formed_text_is_expanded(String text, String expected) {
        assertEquals(expected, expand(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{{ mount 0 | 1 | not closed",
                "ab{{}} | 5 | names source",
                "{{ nope 0 }} | 4 | unknown function",
                "{{ mount }} | 10 | plain number",
                "{{ mount 0 1 }} | 12 | end of the action",
                "{{ overlay 0 }} | 14 | plain number",
                "{{ mount 00 }} | 10 | plain number",
                "{{ mount +1 }} | 10 | plain number",
                "{{ mount 0x1 }} | 10 | plain number",
                "{{ mount 1.0 }} | 10 | plain number",
                "{{ mount \"0\" }} | 10 | plain number",
                "{{ mount 9999999999 }} | 10 | out of range",
                "{{ \"a }} | 4 | not closed",
                "{{ \"\\n\" }} | 5 | escapes only",
                "{{ range 50000000 }}A{{ end }} | 4 | unknown function",
                "{{-3}} | 3 | names source",
                "x{{ mount 2 }} | 2 | index=2 is out of range: mounts before=2",
                "{{ overlay 0 -1 }} | 1 | index=-1 is out of range",
            })
    void a_bad_text_is_refused_with_its_column(String text, int column, String why) {
        DavitException e = assertThrows(DavitException.class, () -> expand(text));
        assertEquals(Kind.INVALID_ARGUMENT, e.kind());
        assertTrue(e.getMessage().contains("column=" + column + ": "), e.getMessage());
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ mount ٠ }}", "{{ mount\n0 }}", "{{\u00a0mount 0 }}"})
    void only_ascii_digits_and_blanks_count(String text) {
        assertThrows(DavitException.class, () -> expand(text));
    }

    @Test
    void inserted_text_is_not_looked_at_again() {
        List<ActiveMount> tricky = List.of(active("{{ mount 0 }}", "", "/m"));
        assertEquals(
                "{{ mount 0 }}",
                TemplateParser.parse("{{ source 0 }}")
                        .expand(tricky, UnaryOperator.identity(), 4096));
    }

    @Test
    void a_result_that_is_too_long_is_refused() {
        String text = "{{ mount 0 }}".repeat(10);
        assertEquals(
                40,
                TemplateParser.parse(text).expand(ACTIVE, UnaryOperator.identity(), 40).length());
        assertThrows(
                DavitException.class,
                () -> TemplateParser.parse(text).expand(ACTIVE, UnaryOperator.identity(), 39));
    }

    @Test
    void a_long_range_is_cut_off_while_it_grows() {
        List<ActiveMount> many =
                java.util.Collections.nCopies(255, active("s", "t", "/" + "m".repeat(4000)));
        Template template = TemplateParser.parse("{{ overlay 0 254 }}".repeat(1000));
        assertThrows(
                DavitException.class, () -> template.expand(many, UnaryOperator.identity(), 65536));
    }
}

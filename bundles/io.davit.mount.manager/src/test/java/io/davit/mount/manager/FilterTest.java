package io.davit.mount.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActivationName;
import io.davit.api.names.Namespace;
import io.davit.mount.manager.ActivationRecord.Phase;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The filter language of {@code list}. */
class FilterTest {
    private static final ActivationRecord RECORD =
            new ActivationRecord(
                    1,
                    new ActivationName(new Namespace("test"), "a/b"),
                    Map.of("k", "v1", "a.b", "x,y", "containerd.io/x", "z"),
                    Optional.of("l1"),
                    Phase.COMPLETE,
                    Instant.EPOCH,
                    List.of(),
                    List.of());

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "`` # true",
                "name==a/b # true",
                "name == a/b # true",
                "name!=a/b # false",
                "name~=^a # true",
                "name~=/^a\\/b$/ # true",
                "name~=|A| # false",
                "name~=( # false",
                "labels.k # true",
                "labels.q # false",
                "labels.k==v1,name==a/b # true",
                "labels.k==v1,name==z # false",
                "labels.a.b==\"x,y\" # true",
                "labels.\"a.b\"==\"x\\x2cy\" # true",
                "labels.\"containerd.io/x\"==z # true",
                "labels.q!=v # true",
                "labels.q!=\"\" # false",
                "lease==l1 # true",
                "complete==true # true",
                "nonsense # false",
                "nonsense!=x # true",
            })
    void a_filter_matches_what_it_says(String filter, boolean matches) {
        assertEquals(matches, Filter.any(Filter.parse(List.of(filter)), RECORD));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "==a",
                "name==",
                "name=a",
                "name==a b",
                "name==a,",
                ",name==a",
                "name==\"a",
                "name==\"\\q\"",
                "name==.a",
                "name~=/a",
                "na-me==x",
                "a.",
                "name==\"\\u00\""
            })
    void a_malformed_filter_is_refused_with_its_place(String filter) {
        DavitException e = assertThrows(DavitException.class, () -> Filter.parse(List.of(filter)));
        assertEquals(Kind.INVALID_ARGUMENT, e.kind());
        assertTrue(e.getMessage().startsWith("filters: parse error: ["), e.getMessage());
    }

    @Test
    void one_of_several_filters_is_enough() {
        assertTrue(Filter.any(Filter.parse(List.of("name==z", "labels.k==v1")), RECORD));
    }
}

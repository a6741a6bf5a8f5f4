package io.davit.mount.manager;

import io.davit.api.errors.DavitException;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One filter: selectors that must all match. Source: containerd {@code pkg/filters}.
 *
 * @param selectors the selectors; none matches everything
 */
record Filter(List<Selector> selectors) {
    /** How a selector compares. */
    enum Operator {
        /** The field is there and not empty. */
        PRESENT,
        /** It is there and equal. */
        EQUAL,
        /** It is not equal; a missing field counts as empty. */
        NOT_EQUAL,
        /** It is there and the expression finds something in it. */
        MATCHES
    }

    /**
     * A comparison of one field.
     *
     * @param path the parts of the field's path
     * @param operator how it is compared
     * @param value what with; empty for {@code PRESENT}
     * @param pattern the expression, for {@code MATCHES}; empty if it is malformed, which matches
     *     nothing
     */
    record Selector(List<String> path, Operator operator, String value, Optional<Pattern> pattern) {
        boolean matches(Function<List<String>, Optional<String>> fields) {
            Optional<String> found = fields.apply(path);
            return switch (operator) {
                case PRESENT -> found.isPresent();
                case EQUAL -> found.isPresent() && found.get().equals(value);
                case NOT_EQUAL -> !found.orElse("").equals(value);
                case MATCHES ->
                        found.isPresent()
                                && pattern.isPresent()
                                && pattern.get().matcher(found.get()).find();
            };
        }
    }

    Filter {
        selectors = List.copyOf(selectors);
    }

    /**
     * Parses filters of which one must match.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if one is malformed
     */
    static List<Filter> parse(List<String> texts) throws DavitException {
        return texts.stream().map(FilterParser::parse).toList();
    }

    /** Says whether one of the filters matches an activation, or there is none. */
    static boolean any(List<Filter> filters, ActivationRecord record) {
        return filters.isEmpty()
                || filters.stream()
                        .anyMatch(
                                filter ->
                                        filter.selectors().stream()
                                                .allMatch(s -> s.matches(p -> field(record, p))));
    }

    private static Optional<String> field(ActivationRecord record, List<String> path) {
        return switch (path.get(0)) {
            case "name" -> path.size() == 1 ? Optional.of(record.name().name()) : Optional.empty();
            case "lease" -> path.size() == 1 ? record.lease() : Optional.empty();
            case "complete" ->
                    path.size() == 1
                            ? Optional.of(Boolean.toString(record.isComplete()))
                            : Optional.empty();
            case "labels" ->
                    Optional.ofNullable(
                            record.labels().get(String.join(".", path.subList(1, path.size()))));
            default -> Optional.empty();
        };
    }
}

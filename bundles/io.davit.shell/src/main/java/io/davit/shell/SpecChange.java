package io.davit.shell;

import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What an option changes in the specification of a container.
 *
 * @param option the option, with its dashes
 * @param change makes a changed copy of a document
 */
record SpecChange(String option, UnaryOperator<Map<String, Object>> change) {}

package io.davit.shim.oci;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an OCI runtime says with {@code --version}.
 *
 * @param name its name for itself
 * @param text its version as it gives it
 * @param numbers the leading numbers of it: major, minor, patch
 * @param candidate the number of a release candidate; {@code Integer.MAX_VALUE} for a release
 * @param spec the version of the runtime specification it knows, if it says
 */
record RuntimeVersion(
        String name, String text, List<Integer> numbers, int candidate, Optional<String> spec) {
    private static final int LONGEST = 200;
    private static final Pattern LINE =
            Pattern.compile("([a-z][a-z0-9_-]{0,30})(?: version)? v?([0-9][^\\s]{0,60})");
    private static final Pattern NUMBERS =
            Pattern.compile(
                    "(\\d{1,6})(?:\\.(\\d{1,6}))?(?:\\.(\\d{1,6}))?(?:-rc\\.?(\\d{1,6}))?.*");

    RuntimeVersion {
        numbers = List.copyOf(numbers);
    }

    /** Reads the first line of the output. */
    static Optional<RuntimeVersion> parse(String output) {
        String line = output.lines().findFirst().orElse("");
        line = line.substring(0, Math.min(line.length(), LONGEST));
        Matcher named = LINE.matcher(line);
        if (!named.lookingAt()) {
            return Optional.empty();
        }
        Matcher m = NUMBERS.matcher(named.group(2));
        if (!m.matches()) {
            return Optional.empty();
        }
        List<Integer> numbers = List.of(number(m.group(1)), number(m.group(2)), number(m.group(3)));
        int candidate = m.group(4) == null ? Integer.MAX_VALUE : number(m.group(4));
        return Optional.of(
                new RuntimeVersion(
                        named.group(1), named.group(2), numbers, candidate, spec(output)));
    }

    private static Optional<String> spec(String output) {
        return output.lines()
                .filter(line -> line.matches("spec: \\d{1,6}\\.\\d{1,6}\\.\\d{1,6}[\\w.+-]{0,40}"))
                .map(line -> line.substring("spec: ".length()))
                .findFirst();
    }

    private static int number(String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    /**
     * Says why this version should not run foreign code, as far as its number tells: a distribution
     * may have repaired it without changing the number.
     */
    Optional<String> knownVulnerable() {
        boolean bad =
                switch (name) {
                    case "runc" -> isRuncVulnerable();
                    case "crun" -> isBefore(1, 25, 0, Integer.MAX_VALUE);
                    default -> false;
                };
        return bad
                ? Optional.of(
                        name
                                + " "
                                + text
                                + " is older than the releases of November 2025, which closed ways"
                                + " out of containers")
                : Optional.empty();
    }

    private boolean isRuncVulnerable() {
        if (numbers.get(0) == 1 && numbers.get(1) == 4) {
            return isBefore(1, 4, 0, 3);
        }
        if (numbers.get(0) == 1 && numbers.get(1) == 3) {
            return isBefore(1, 3, 3, Integer.MAX_VALUE);
        }
        return isBefore(1, 2, 8, Integer.MAX_VALUE);
    }

    private boolean isBefore(int major, int minor, int patch, int rc) {
        int order = Integer.compare(numbers.get(0), major);
        order = order != 0 ? order : Integer.compare(numbers.get(1), minor);
        order = order != 0 ? order : Integer.compare(numbers.get(2), patch);
        order = order != 0 ? order : Integer.compare(candidate, rc);
        return order < 0;
    }
}

package io.davit.shell;

import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the values of options. A refusal says option, value and what is wrong with it. */
final class OptionValues {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})([KMGkmg]?)(?:i?[Bb])?");
    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|h|)");
    private static final Duration LONGEST = Duration.ofHours(24);

    private OptionValues() {}

    /** Reads bytes, perhaps with K, M or G. */
    static long size(String option, String value) throws CommandFailure {
        Matcher matcher = SIZE.matcher(value);
        if (!matcher.matches()) {
            throw refused(option, value, "is no size like 67108864, 64M or 1G");
        }
        long unit =
                switch (matcher.group(2)) {
                    case "K", "k" -> 1L << 10;
                    case "M", "m" -> 1L << 20;
                    case "G", "g" -> 1L << 30;
                    default -> 1;
                };
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
        } catch (ArithmeticException e) {
            throw refused(option, value, "is too large");
        }
    }

    /** Reads a number that is not negative. */
    static long number(String option, String value) throws CommandFailure {
        if (!value.matches("[0-9]{1,18}")) {
            throw refused(option, value, "is no number");
        }
        return Long.parseLong(value);
    }

    /** Reads a number of processors, perhaps with a fraction, as time within a period. */
    static long cpus(String option, String value, long period) throws CommandFailure {
        if (!value.matches("[0-9]{1,5}(\\.[0-9]{1,3})?")) {
            throw refused(option, value, "is no number of processors like 2 or 0.5");
        }
        return Math.round(Double.parseDouble(value) * period);
    }

    /** Reads a time; a number alone means seconds. */
    static Duration time(String option, String value) throws CommandFailure {
        Matcher matcher = TIME.matcher(value);
        if (!matcher.matches()) {
            throw refused(option, value, "is no time like 500ms, 10s, 5m or 1h");
        }
        long number = Long.parseLong(matcher.group(1));
        Duration time =
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    default -> Duration.ofSeconds(number);
                };
        if (time.isZero() || time.compareTo(LONGEST) > 0) {
            throw refused(option, value, "is not more than 0 and at most 24h");
        }
        return time;
    }

    /** Reads a path. */
    static Path path(Path directory, String option, String value) throws CommandFailure {
        if (value.isEmpty()) {
            throw refused(option, value, "is no path");
        }
        try {
            return directory.resolve(value).normalize();
        } catch (InvalidPathException e) {
            throw refused(option, value, "is no path");
        }
    }

    /** Reads a variable; its value is never shown. */
    static String variable(String option, String value) throws CommandFailure {
        int equals = value.indexOf('=');
        if (equals < 1) {
            String shown = equals < 0 ? value : "";
            throw refused(option, shown, "is no NAME=VALUE");
        }
        return value;
    }

    /** Reads a mount of the root filesystem: {@code type=T,source=S,target=P,option=O…}. */
    static Mount mount(String option, String value) throws CommandFailure {
        String type = null;
        String source = null;
        String target = null;
        List<String> options = new ArrayList<>();
        for (String part : value.split(",", -1)) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part : part.substring(0, equals);
            String text = part.substring(equals + 1);
            switch (equals < 0 ? "" : key) {
                case "type" -> type = once(option, key, type, text);
                case "source" -> source = once(option, key, source, text);
                case "target" -> target = once(option, key, target, text);
                case "option" -> options.add(text);
                default ->
                        throw refused(option, part, "is none of type=, source=, target=, option=");
            }
        }
        if (type == null || type.isEmpty()) {
            throw refused(option, value, "has no type=");
        }
        return new Mount(type, source, target, options);
    }

    private static String once(String option, String key, String before, String text)
            throws CommandFailure {
        if (before != null) {
            throw refused(option, key + "=" + text, "is given twice");
        }
        return text;
    }

    /** Reads a bind mount: {@code SRC:DST}, perhaps with {@code :ro} or {@code :rw}. */
    static Mount bind(Path directory, String option, String value) throws CommandFailure {
        String[] parts = value.split(":", -1);
        String mode = parts.length == 3 ? parts[2] : "rw";
        if (parts.length < 2 || parts.length > 3 || !mode.equals("ro") && !mode.equals("rw")) {
            throw refused(option, value, "is no SRC:DST or SRC:DST:ro");
        }
        if (!parts[1].startsWith("/")) {
            throw refused(option, value, "has no absolute DST");
        }
        Path source = path(directory, option, parts[0]);
        return new Mount("bind", source.toString(), parts[1], List.of("rbind", mode));
    }

    static CommandFailure refused(String option, String value, String why) {
        return CommandFailure.usage(option + " " + Texts.quote(value) + " " + why);
    }
}

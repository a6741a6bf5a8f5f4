package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Texts;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 16MiB}, {@code 1.5g}, {@code 1024}; all powers of 1024. */
final class ByteSize {
    private static final int LONGEST = 64;
    private static final Pattern SIZE =
            Pattern.compile(
                    "([+-]?)((?:[0-9]+(?:_[0-9]+)*)?\\.?(?:[0-9]+(?:_[0-9]+)*)?)((?:[eE][+-]?[0-9]{1,2})?)"
                            + " ?(b|(?:[kmgtp](?:b|ib)?))?");
    private static final String UNITS = "kmgtp";

    private ByteSize() {}

    /**
     * Reads a size.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if it is malformed, negative or too large
     */
    static long parse(String text) throws DavitException {
        String lower = text.length() > LONGEST ? "" : text.toLowerCase(Locale.ROOT);
        Matcher size = SIZE.matcher(lower);
        if (!size.matches() || size.group(2).chars().noneMatch(c -> c >= '0' && c <= '9')) {
            throw Failures.invalid("malformed size: size=" + Texts.quote(text));
        }
        String unit = size.group(4) == null ? "b" : size.group(4);
        int power = UNITS.indexOf(unit.charAt(0)) + 1;
        String number = size.group(2).replace("_", "") + size.group(3);
        try {
            BigDecimal value = new BigDecimal(number.startsWith(".") ? "0" + number : number);
            if (size.group(1).equals("-") && value.signum() != 0) {
                throw Failures.invalid("negative size: size=" + Texts.quote(text));
            }
            return value.multiply(BigDecimal.valueOf(1024).pow(power))
                    .toBigInteger()
                    .longValueExact();
        } catch (ArithmeticException e) {
            throw Failures.invalid("size too large: size=" + Texts.quote(text));
        }
    }
}

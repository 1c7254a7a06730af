package dev.hadal.server.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One thing that can be set.
 *
 * @param name its name in the file, with dots between levels
 * @param kind what a value looks like
 * @param standard the value if none is given, as it would be written; empty for none
 * @param meaning what it does, in a few words
 */
public record Setting(String name, Kind kind, String standard, String meaning) {
    private static final Map<String, Long> BYTES =
            Map.of("", 1L, "b", 1L, "kib", 1L << 10, "mib", 1L << 20, "gib", 1L << 30);
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "min", 60_000L, "h", 3_600_000L);

    /** What a value looks like. */
    public enum Kind {
        /** Any text. */
        TEXT("a text"),
        /** A whole number from 0. */
        COUNT("a whole number"),
        /** As 16KiB. */
        BYTES("a size as 16KiB or 32MiB"),
        /** As 10s. */
        DURATION("a time as 500ms, 10s or 5m"),
        /** A number from 0. */
        AMOUNT("an amount as 2.50"),
        /** true or false. */
        SWITCH("true or false"),
        /** Several texts. */
        LIST("a list");

        private final String form;

        Kind(String form) {
            this.form = form;
        }
    }

    /** Refuses a value that does not look right. */
    void require(String value, String where) {
        boolean right = switch (kind) {
            case TEXT, LIST -> true;
            case COUNT -> isCount(value);
            case BYTES -> measure(value, Setting.BYTES) >= 0;
            case DURATION -> measure(value, MILLIS) >= 0;
            case AMOUNT -> value.isEmpty() || isAmount(value);
            case SWITCH -> value.equals("true") || value.equals("false");
        };
        if (!right) {
            throw new ConfigException(where + ": " + name + " must be " + kind.form + ", but is " + value);
        }
    }

    private static boolean isCount(String value) {
        return !value.isEmpty() && value.length() <= 9 && value.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean isAmount(String value) {
        try {
            return value.length() <= 20 && new BigDecimal(value).signum() >= 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** A number with a unit; -1 if it is not one. */
    private static long measure(String value, Map<String, Long> units) {
        int digits = 0;
        while (digits < value.length() && Character.isDigit(value.charAt(digits))) {
            digits++;
        }
        Long unit = units.get(value.substring(digits).strip().toLowerCase(Locale.ROOT));
        return unit == null || digits == 0 || digits > 9 ? -1 : Long.parseLong(value.substring(0, digits)) * unit;
    }

    static long bytes(String value) {
        return measure(value, BYTES);
    }

    static Duration duration(String value) {
        return Duration.ofMillis(measure(value, MILLIS));
    }

    static List<String> list(String value) {
        return value.isEmpty()
                ? List.of()
                : List.of(value.split(",", -1)).stream().map(String::strip).toList();
    }
}

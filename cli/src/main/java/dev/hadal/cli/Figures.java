package dev.hadal.cli;

import java.util.Locale;

/** Large numbers for people: in words, with the exact value where it matters. */
final class Figures {
    private static final String[] WORDS = {"", " thousand", " million", " billion", " trillion"};
    private static final String[] BYTES = {" bytes", " kB", " MB", " GB", " TB"};

    private Figures() {}

    /** 284332240471 becomes "284.3 billion". */
    static String count(long value) {
        return scaled(value, WORDS);
    }

    /** 159617149040 becomes "159.6 GB"; decimal units, as disks and the release's own pages count. */
    static String bytes(long value) {
        return scaled(value, BYTES);
    }

    /** 159617149040 becomes "159,617,149,040". */
    static String exact(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** 0.102 becomes "10.2 %". */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String scaled(long value, String[] units) {
        int unit = 0;
        double shown = value;
        // What would be rounded to 1,000.0 is 1.0 of the next unit.
        while (shown >= 999.95 && unit < units.length - 1) {
            shown /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f%s" : "%.1f%s", shown, units[unit]);
    }
}

package dev.hadal.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a soak of a server has measured, and which of its bounds were kept. */
public final class SoakReport {
    private final List<Figure> figures = new ArrayList<>();

    /**
     * One figure.
     *
     * @param name in words
     * @param key for programs
     * @param value the number
     * @param unit its unit; empty for a count
     * @param bound what it has to be, in words; empty if it is only told
     * @param kept whether it is
     */
    public record Figure(String name, String key, double value, String unit, String bound, boolean kept) {
        /** The number with its unit. */
        public String shown() {
            String number = value == Math.rint(value) && unit.isEmpty()
                    ? String.format(Locale.ROOT, "%,d", (long) value)
                    : String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.2f" : "%.1f", value);
            return unit.isEmpty() ? number : number + " " + unit;
        }
    }

    /** A figure that is only told. */
    SoakReport tell(String name, String key, double value, String unit) {
        figures.add(new Figure(name, key, value, unit, "", true));
        return this;
    }

    /** A figure that may be at most so large. */
    SoakReport atMost(double most, String name, String key, double value, String unit) {
        return bounded("at most ", most, value <= most, new Figure(name, key, value, unit, "", true));
    }

    /** A figure that has to be at least so large. */
    SoakReport atLeast(double least, String name, String key, double value, String unit) {
        return bounded("at least ", least, value >= least, new Figure(name, key, value, unit, "", true));
    }

    private SoakReport bounded(String words, double limit, boolean kept, Figure figure) {
        String bound = words + new Figure("", "", limit, figure.unit(), "", true).shown();
        figures.add(new Figure(figure.name(), figure.key(), figure.value(), figure.unit(), bound, kept));
        return this;
    }

    /** All figures, in order. */
    public List<Figure> figures() {
        return List.copyOf(figures);
    }

    /** Those whose bound was broken. */
    public List<Figure> broken() {
        return figures.stream().filter(figure -> !figure.kept()).toList();
    }
}

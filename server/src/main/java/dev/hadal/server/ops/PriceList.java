package dev.hadal.server.ops;

import dev.hadal.server.config.ConfigException;
import dev.hadal.server.config.Suggestion;
import dev.hadal.server.config.YamlSection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What tokens cost (api.md 13). Prices are dollars for a million tokens; costs are counted in millionths of a
 * millionth of a dollar, in which all prices of a token are whole numbers.
 */
public final class PriceList {
    /** One dollar in the unit of costs. */
    public static final long DOLLAR = 1_000_000_000_000L;

    private static final String BUILT_IN = "prices.yaml";
    private static final int DECIMALS = 6;

    private final String name;
    private final Map<String, Price> usual;
    private final Map<String, Price> peak;
    private final Set<DayOfWeek> peakDays;
    private final List<Hours> peakHours;

    /** Costs of one token. */
    private record Price(long hit, long miss, long output) {}

    /** From a time of day to another, by UTC. */
    private record Hours(LocalTime from, LocalTime to) {
        boolean include(LocalTime time) {
            return !time.isBefore(from) && time.isBefore(to);
        }
    }

    private PriceList(String name, YamlSection section) {
        this.name = name;
        section.allow("models", "peak");
        this.usual = prices(section);
        YamlSection peakSection = section.section("peak");
        if (peakSection == null) {
            this.peak = Map.of();
            this.peakDays = Set.of();
            this.peakHours = List.of();
        } else {
            peakSection.allow("days", "hours", "models");
            this.peak = prices(peakSection);
            this.peakDays = days(peakSection);
            this.peakHours = hours(peakSection);
        }
    }

    /** The names of the lists that come with the server. */
    public static List<String> builtIn() {
        return builtInLists().names();
    }

    /**
     * A list that comes with the server, by name, or one in a file of the same form.
     *
     * @throws ConfigException if there is no such list, or the file is wrong
     */
    public static PriceList of(String nameOrFile) {
        YamlSection lists = builtInLists();
        YamlSection known = lists.section(nameOrFile);
        if (known != null) {
            return new PriceList(nameOrFile, known);
        }
        if (nameOrFile.indexOf('.') < 0 && nameOrFile.indexOf('/') < 0) {
            throw new ConfigException("there is no price list " + nameOrFile + "; "
                    + Suggestion.among(nameOrFile, lists.names()) + " A file of your own needs a dot in its name");
        }
        return new PriceList(nameOrFile, YamlSection.read(Path.of(nameOrFile)));
    }

    private static YamlSection builtInLists() {
        try (InputStream in = PriceList.class.getResourceAsStream(BUILT_IN)) {
            if (in == null) {
                throw new IllegalStateException("the server's jar has lost " + BUILT_IN);
            }
            return YamlSection.parse(BUILT_IN, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Price> prices(YamlSection section) {
        YamlSection models = section.section("models");
        if (models == null) {
            throw new ConfigException(section.where() + " has no models");
        }
        Map<String, Price> prices = new LinkedHashMap<>();
        for (String model : models.names()) {
            YamlSection price = models.section(model);
            if (price != null) {
                price.allow("hit", "miss", "output");
                prices.put(model, new Price(unit(price, "hit"), unit(price, "miss"), unit(price, "output")));
            }
        }
        return prices;
    }

    private static long unit(YamlSection price, String field) {
        BigDecimal dollars = price.amount(field);
        if (dollars == null) {
            throw new ConfigException(price.where() + " has no " + field);
        }
        try {
            return dollars.movePointRight(DECIMALS).longValueExact();
        } catch (ArithmeticException e) {
            throw price.wrong(field, "may have six decimals, and is " + dollars);
        }
    }

    private static Set<DayOfWeek> days(YamlSection section) {
        List<String> written = section.texts("days");
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String day : written == null ? List.<String>of() : written) {
            try {
                days.add(DayOfWeek.valueOf(day.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw section.wrong("days", "has " + day + ", which is no day of the week");
            }
        }
        return days;
    }

    private static List<Hours> hours(YamlSection section) {
        List<String> written = section.texts("hours");
        List<Hours> hours = new ArrayList<>();
        for (String span : written == null ? List.<String>of() : written) {
            int dash = span.indexOf('-');
            try {
                hours.add(new Hours(
                        LocalTime.parse(span.substring(0, Math.max(dash, 0))),
                        LocalTime.parse(span.substring(dash + 1))));
            } catch (DateTimeParseException e) {
                throw section.wrong("hours", "has " + span + ", which is not of the form 01:00-04:00");
            }
        }
        return hours;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Whether a time is in the hours that cost more. */
    public boolean isPeak(Instant when) {
        ZonedDateTime time = when.atZone(ZoneOffset.UTC);
        return peakDays.contains(time.getDayOfWeek())
                && peakHours.stream().anyMatch(hours -> hours.include(time.toLocalTime()));
    }

    /** What tokens of a model cost at a time, in parts of a {@link #DOLLAR}; 0 for a model that has no price. */
    public long cost(String model, UsageRecord.Tokens tokens, Instant when) {
        Price price = price(model, when);
        return price == null
                ? 0
                : tokens.cacheHit() * price.hit()
                        + (tokens.prompt() - tokens.cacheHit()) * price.miss()
                        + tokens.completion() * price.output();
    }

    private @Nullable Price price(String model, Instant when) {
        Price higher = isPeak(when) ? peak.get(model) : null;
        return higher == null ? usual.get(model) : higher;
    }
}

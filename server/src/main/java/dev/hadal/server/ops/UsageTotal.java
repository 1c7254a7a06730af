package dev.hadal.server.ops;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Usage of a key with a model on a day.
 *
 * @param day the day by UTC; null for all days
 * @param key the key's name
 * @param model the model
 * @param requests how many requests
 * @param tokens how much
 * @param cost in parts of a {@link PriceList#DOLLAR}
 */
public record UsageTotal(
        @Nullable LocalDate day, String key, String model, Requests requests, UsageRecord.Tokens tokens, long cost) {
    /**
     * Requests.
     *
     * @param count how many
     * @param normalised how many of them had something left out or put differently, by the word for it
     */
    public record Requests(long count, Map<String, Long> normalised) {
        /** Copies the numbers. */
        public Requests {
            normalised = Map.copyOf(normalised);
        }

        /** Requests of which each had the same things done. */
        static Requests of(long count, List<String> words) {
            return new Requests(count, words.stream().collect(Collectors.toMap(Function.identity(), word -> count)));
        }

        Requests plus(Requests other) {
            Map<String, Long> both = new HashMap<>(normalised);
            other.normalised.forEach((word, number) -> both.merge(word, number, Long::sum));
            return new Requests(count + other.count, both);
        }
    }

    /** Whether it is of the same key, model and day as another. */
    boolean isOfSame(UsageTotal other) {
        return Objects.equals(day, other.day) && key.equals(other.key) && model.equals(other.model);
    }

    /** Both together. */
    UsageTotal plus(UsageTotal other) {
        return new UsageTotal(
                day, key, model, requests.plus(other.requests), tokens.plus(other.tokens), cost + other.cost);
    }
}

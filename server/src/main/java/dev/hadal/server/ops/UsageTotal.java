package dev.hadal.server.ops;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * Usage of a key with a model on a day.
 *
 * @param day the day by UTC; null for all days
 * @param key the key's name
 * @param model the model
 * @param requests how many
 * @param tokens how much
 * @param cost in parts of a {@link PriceList#DOLLAR}
 */
public record UsageTotal(
        @Nullable LocalDate day, String key, String model, long requests, UsageRecord.Tokens tokens, long cost) {}

package dev.hadal.server.api;

import dev.hadal.AnswerLimits;
import dev.hadal.chat.Field;
import dev.hadal.server.http.HttpException;
import dev.hadal.server.http.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The fields that end an answer, which all dialects have under different names. */
public final class GenerationLimits {
    /** Most tokens of an answer that can be asked for, and the number if none is. */
    public static final int MAX_TOKENS = 393_216;

    private GenerationLimits() {}

    /**
     * The most tokens of an answer.
     *
     * @throws HttpException 400 in the words of the hosted service if the number is out of range
     */
    public static AnswerLimits maxTokens(Field field) {
        long value = field.integer(MAX_TOKENS);
        if (value < 1 || value > MAX_TOKENS) {
            throw HttpException.badRequest("Invalid max_tokens value, the valid range of max_tokens is [1, 393216]")
                    .withParam(field.path());
        }
        return new AnswerLimits(0, (int) value, AnswerLimits.UNLIMITED);
    }

    /** The texts that end an answer: one, several, or none. */
    public static List<String> stops(Field field, Limits.Fields limits) {
        List<String> stops = new ArrayList<>();
        if (field.isString()) {
            stops.add(stop(field, limits));
        } else {
            List<Field> elements = field.elements();
            if (elements.size() > limits.stops()) {
                throw field.refused(
                        "has " + elements.size() + " stop texts, at most " + limits.stops() + " are possible");
            }
            elements.forEach(element -> stops.add(stop(element, limits)));
        }
        return stops;
    }

    private static String stop(Field field, Limits.Fields limits) {
        String text = field.string();
        if (text.isEmpty()) {
            throw field.refused("a stop text must not be empty");
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > limits.stopBytes()) {
            throw field.refused(
                    "is a stop text of " + bytes + " bytes, at most " + limits.stopBytes() + " are possible");
        }
        return text;
    }

    /** A number within a range, or {@code otherwise} if absent. */
    public static float number(Field field, double lowest, double highest, double otherwise) {
        double value = field.number(otherwise);
        if (value < lowest || value > highest) {
            throw field.refused(
                    "must be from %s to %s, but is %s".formatted(plain(lowest), plain(highest), plain(value)));
        }
        return (float) value;
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }
}

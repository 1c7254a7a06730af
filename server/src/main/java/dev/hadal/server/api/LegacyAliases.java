package dev.hadal.server.api;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;

/** Whether {@code deepseek-chat} and {@code deepseek-reasoner} are answered (api.md 1). */
public enum LegacyAliases {
    /** Always. */
    ON,
    /** Never. */
    OFF,
    /** Until the moment at which the hosted service retired them. */
    BY_DATE;

    /** When the hosted service stopped to answer them: 2026-07-24 at 15:59 UTC. */
    public static final Instant RETIRED = Instant.parse("2026-07-24T15:59:00Z");

    /**
     * The setting as it is written on the command line: {@code on}, {@code off} or {@code by-date}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static LegacyAliases of(String word) {
        return Arrays.stream(values())
                .filter(setting -> setting.name()
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-')
                        .equals(word))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("legacy aliases are on, off or by-date, not \"" + word + "\""));
    }

    boolean answered(Instant now) {
        return this == ON || (this == BY_DATE && now.isBefore(RETIRED));
    }
}

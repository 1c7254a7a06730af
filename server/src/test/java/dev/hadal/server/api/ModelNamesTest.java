package dev.hadal.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.chat.EffortRules;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.server.http.HttpException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNamesTest {
    private static final Instant LAST_SECOND = Instant.parse("2026-07-24T15:58:59Z");
    private static final ModelNames NOW = names(LegacyAliases.BY_DATE, LegacyAliases.RETIRED);

    @ParameterizedTest
    @CsvSource({
        "deepseek-v4-flash, deepseek-v4-flash",
        "deepseek-v4-pro, deepseek-v4-pro",
        "deepseek-v4-pro[1m], deepseek-v4-pro",
        "hadal-nano, hadal-nano"
    })
    void namesLeadToModelsOnBothPaths(String requested, String served) {
        assertThat(NOW.openAi(requested).name()).isEqualTo(served);
        assertThat(NOW.anthropic(requested).name()).isEqualTo(served);
    }

    @ParameterizedTest
    @CsvSource({
        "claude-opus-4-5, deepseek-v4-pro",
        "claude-opus-4-5[1m], deepseek-v4-pro",
        "claude-3-opus-latest, deepseek-v4-pro",
        "claude-sonnet-4-5-20250929, deepseek-v4-flash",
        "claude-haiku-4-5, deepseek-v4-flash"
    })
    void claudeNamesLeadToModelsOnTheAnthropicPathOnly(String requested, String served) {
        assertThat(NOW.anthropic(requested).name()).isEqualTo(served);
        assertThatThrownBy(() -> NOW.openAi(requested)).isInstanceOf(HttpException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-5", "", "../../etc/passwd", "/models/x", "deepseek-v4-flash "})
    void anUnknownNameIsRefusedInTheWordsOfTheHostedService(String requested) {
        for (String path : new String[] {"openai", "anthropic"}) {
            assertThatThrownBy(() -> {
                        if (path.equals("openai")) {
                            NOW.openAi(requested);
                        } else {
                            NOW.anthropic(requested);
                        }
                    })
                    .isInstanceOfSatisfying(HttpException.class, refusal -> {
                        assertThat(refusal.status()).isEqualTo(400);
                        assertThat(refusal.param()).isEqualTo("model");
                    })
                    .hasMessage("The supported API model names are deepseek-v4-flash, deepseek-v4-pro, and hadal-nano,"
                            + " but you passed " + requested + ".");
        }
    }

    @Test
    void anUnknownNameIsNotRepeatedAtLength() {
        assertThatThrownBy(() -> NOW.openAi("x".repeat(100_000)))
                .hasMessageEndingWith("but you passed " + "x".repeat(100) + "....");
    }

    @Test
    void unknownNamesCanBeAnsweredByTheSmallerModel() {
        ModelNames names = new ModelNames(models(), LegacyAliases.BY_DATE, true, Clock.systemUTC());
        assertThat(names.anthropic("gpt-5").name()).isEqualTo("deepseek-v4-flash");
        assertThatThrownBy(() -> names.openAi("gpt-5")).isInstanceOf(HttpException.class);
    }

    @Test
    void retiredNamesAreAnsweredUntilTheirLastSecond() {
        ModelNames names = names(LegacyAliases.BY_DATE, LAST_SECOND);
        assertThat(names.openAi("deepseek-chat"))
                .extracting(ModelChoice::name, ModelChoice::mode)
                .containsExactly("deepseek-v4-flash", ThinkingMode.CHAT);
        assertThat(names.openAi("deepseek-reasoner"))
                .extracting(ModelChoice::name, ModelChoice::mode)
                .containsExactly("deepseek-v4-flash", ThinkingMode.THINKING);
    }

    @Test
    void retiredNamesAreRefusedAfterwardsWithTheirReplacement() {
        assertThatThrownBy(() -> NOW.openAi("deepseek-chat"))
                .isInstanceOf(HttpException.class)
                .hasMessage("The supported API model names are deepseek-v4-flash, deepseek-v4-pro, and hadal-nano, but"
                        + " you passed deepseek-chat. It was retired on 2026-07-24; use \"deepseek-v4-flash\" with"
                        + " \"thinking\": {\"type\": \"disabled\"} instead.");
        assertThatThrownBy(() -> NOW.anthropic("deepseek-reasoner")).hasMessageContaining("\"enabled\"");
    }

    @Test
    void theDateCanBeOverruled() {
        assertThat(names(LegacyAliases.ON, LegacyAliases.RETIRED)
                        .openAi("deepseek-chat")
                        .name())
                .isEqualTo("deepseek-v4-flash");
        assertThatThrownBy(() -> names(LegacyAliases.OFF, LAST_SECOND).openAi("deepseek-chat"))
                .isInstanceOf(HttpException.class);
        assertThat(LegacyAliases.of("by-date")).isEqualTo(LegacyAliases.BY_DATE);
        assertThatThrownBy(() -> LegacyAliases.of("maybe"))
                .hasMessage("legacy aliases are on, off or by-date, not \"maybe\"");
    }

    private static ModelNames names(LegacyAliases legacy, Instant now) {
        return new ModelNames(models(), legacy, false, Clock.fixed(now, ZoneOffset.UTC));
    }

    private static List<ServedModel> models() {
        StubBackend backend = new StubBackend(EffortRules.GA);
        return List.of(
                new ServedModel("deepseek-v4-flash", backend),
                new ServedModel("deepseek-v4-pro", backend),
                new ServedModel("hadal-nano", backend));
    }
}

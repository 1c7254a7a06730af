package dev.hadal.server.api;

import dev.hadal.chat.ThinkingMode;
import dev.hadal.server.http.HttpException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which model a request means (api.md 1, 9.2, 10.1). */
public final class ModelNames {
    private static final String FLASH = "deepseek-v4-flash";
    private static final String PRO = "deepseek-v4-pro";
    private static final Map<String, ThinkingMode> LEGACY =
            Map.of("deepseek-chat", ThinkingMode.CHAT, "deepseek-reasoner", ThinkingMode.THINKING);

    private final Map<String, ServedModel> models = new LinkedHashMap<>();
    private final LegacyAliases legacy;
    private final boolean mapUnknown;
    private final Clock clock;

    /**
     * @param models at least one; the first also answers for a missing one of the two hosted names
     * @param legacy whether the retired names are answered
     * @param mapUnknown whether Anthropic requests for unknown names go to the smaller model
     * @param clock decides what is retired
     */
    public ModelNames(List<ServedModel> models, LegacyAliases legacy, boolean mapUnknown, Clock clock) {
        if (models.isEmpty()) {
            throw new IllegalArgumentException("there is no model to serve");
        }
        models.forEach(model -> this.models.put(model.name(), model));
        this.legacy = legacy;
        this.mapUnknown = mapUnknown;
        this.clock = clock;
    }

    /** The models in the order of the list that clients can ask for. */
    public List<ServedModel> served() {
        return List.copyOf(models.values());
    }

    /**
     * The model that a request to an OpenAI path names.
     *
     * @throws HttpException 400 with the hosted service's text if there is none
     */
    public ModelChoice openAi(String requested) {
        String name = withoutMark(requested);
        Optional<ModelChoice> known = exact(name);
        if (known.isPresent()) {
            return known.get();
        }
        ThinkingMode mode = LEGACY.get(name);
        if (mode == null) {
            throw unknown(requested);
        }
        if (!legacy.answered(clock.instant())) {
            throw HttpException.badRequest(unknown(requested).getMessage() + " It was retired on 2026-07-24; use \""
                            + flash().name() + "\" with \"thinking\": {\"type\": \""
                            + (mode == ThinkingMode.CHAT ? "disabled" : "enabled") + "\"} instead.")
                    .withParam("model");
        }
        return new ModelChoice(flash().name(), flash().backend(), mode);
    }

    /**
     * The model that a request to the Anthropic path names: {@code claude-opus} and the like are the larger one,
     * other names of that family the smaller one.
     *
     * @throws HttpException 400 with the hosted service's text if there is none
     */
    public ModelChoice anthropic(String requested) {
        String name = withoutMark(requested);
        if (exact(name).isEmpty()) {
            if (name.startsWith("claude-")) {
                return choice(name.contains("opus") ? larger() : flash());
            }
            if (mapUnknown && !LEGACY.containsKey(name)) {
                return choice(flash());
            }
        }
        return openAi(requested);
    }

    /** Clients mark a long context as in {@code deepseek-v4-pro[1m]}. */
    private static String withoutMark(String requested) {
        int mark = requested.indexOf('[');
        return mark > 0 && requested.endsWith("]") ? requested.substring(0, mark) : requested;
    }

    private Optional<ModelChoice> exact(String name) {
        return Optional.ofNullable(models.get(name)).map(ModelNames::choice);
    }

    private static ModelChoice choice(ServedModel model) {
        return new ModelChoice(model.name(), model.backend(), ThinkingMode.THINKING);
    }

    private ServedModel flash() {
        return named(FLASH);
    }

    private ServedModel larger() {
        return named(PRO);
    }

    private ServedModel named(String name) {
        ServedModel model = models.get(name);
        return model == null ? models.values().iterator().next() : model;
    }

    private HttpException unknown(String requested) {
        List<String> names = List.copyOf(models.keySet());
        String list = names.size() == 1
                ? names.getFirst()
                : String.join(", ", names.subList(0, names.size() - 1)) + (names.size() > 2 ? "," : "") + " and "
                        + names.getLast();
        String shown = requested.length() > 100 ? requested.substring(0, 100) + "..." : requested;
        return HttpException.badRequest("The supported API model names are " + list + ", but you passed " + shown + ".")
                .withParam("model");
    }
}

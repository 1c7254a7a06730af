package dev.hadal;

import dev.hadal.chat.EffortRules;
import dev.hadal.model.v4.V4Config;
import dev.hadal.model.v4.V4Plan;
import java.util.List;

/**
 * What is being run.
 *
 * @param origin where the files come from
 * @param config the model's configuration
 * @param rules what reasoning efforts write into a prompt, unless told otherwise
 * @param notes what was left out, one line each
 */
public record ModelInfo(String origin, V4Config config, EffortRules rules, List<String> notes) {
    /** Parameters, sizes and costs. */
    public V4Plan plan() {
        return V4Plan.of(config);
    }
}

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
 * @param plan parameters, sizes and costs
 * @param rules what reasoning efforts write into a prompt, unless told otherwise
 * @param notes what was left out, one line each
 */
public record ModelInfo(String origin, V4Config config, V4Plan plan, EffortRules rules, List<String> notes) {}

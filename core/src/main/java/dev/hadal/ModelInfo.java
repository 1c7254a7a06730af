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
    private static final long THOUSAND_MILLIONS = 1_000_000_000;

    /** Parameters, sizes and costs. */
    public V4Plan plan() {
        return V4Plan.of(config);
    }

    /** The number of parameters, for people: {@code 284B parameters, 13B active}. */
    public String size() {
        V4Plan plan = plan();
        return rounded(plan.parameters()) + " parameters, " + rounded(plan.activeParameters()) + " active";
    }

    private static String rounded(long parameters) {
        return parameters < THOUSAND_MILLIONS ? Math.round(parameters / 1e6) + "M" : Math.round(parameters / 1e9) + "B";
    }
}

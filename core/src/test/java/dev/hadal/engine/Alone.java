package dev.hadal.engine;

import java.util.ArrayList;
import java.util.List;

/** What a greedy choice from the toy model gives, worked out without an engine, a state or a sampler. */
final class Alone {
    private Alone() {}

    static List<Integer> greedy(int[] prompt, TokenLimits limits) {
        long past = 1;
        for (int id : prompt) {
            past = ToyModel.hash(past, id);
        }
        List<Integer> ids = new ArrayList<>();
        while (ids.size() < limits.maxTokens()) {
            int best = -1;
            for (int id = 0; id < ToyModel.VOCABULARY; id++) {
                boolean forbidden =
                        ids.size() < limits.minTokens() && limits.stopIds().contains(id);
                if (!forbidden && (best < 0 || ToyModel.logit(past, id) > ToyModel.logit(past, best))) {
                    best = id;
                }
            }
            if (limits.stopIds().contains(best)) {
                return ids;
            }
            ids.add(best);
            past = ToyModel.hash(past, best);
        }
        return ids;
    }
}

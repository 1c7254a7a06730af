package dev.hadal;

import dev.hadal.chat.EffortRules;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.PromptEncoder;
import dev.hadal.sample.SamplingParams;
import java.util.Map;

/**
 * What a {@link Chat} must know of its model beside the model itself.
 *
 * @param origin where it comes from, for people
 * @param parameters its size, for people
 * @param encoder the conversation format that it was trained on
 * @param rules what reasoning efforts write into a prompt
 * @param sampling how tokens are chosen unless a call says otherwise
 * @param endings ids that end an answer beside the end-of-sentence token, and what they mean; a released model has none
 */
public record ChatProfile(
        String origin,
        String parameters,
        PromptEncoder encoder,
        EffortRules rules,
        SamplingParams sampling,
        Map<Integer, FinishReason> endings) {
    /** Copies the endings. */
    public ChatProfile {
        endings = Map.copyOf(endings);
    }
}

package dev.hadal;

import dev.hadal.chat.EffortRules;
import dev.hadal.sample.SamplingParams;

/**
 * What answers behind a {@link ChatBackend}.
 *
 * @param origin where the model comes from, for people
 * @param parameters its size, for people, such as {@code 284B parameters, 13B active}
 * @param contextTokens most tokens of a prompt and its answer together
 * @param fingerprint 32 hexadecimal digits that change with anything that decides results
 * @param rules what reasoning efforts write into a prompt
 * @param sampling how tokens are chosen unless a call says otherwise
 */
public record BackendInfo(
        String origin,
        String parameters,
        int contextTokens,
        String fingerprint,
        EffortRules rules,
        SamplingParams sampling) {}

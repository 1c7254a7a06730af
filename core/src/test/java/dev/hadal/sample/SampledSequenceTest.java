package dev.hadal.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SampledSequenceTest {
    private static final int[] EMPTY = {};

    private final Sampler sampler = new Sampler();

    @Test
    void refusesIdsOutsideTheVocabulary() {
        SamplingParams biased = SamplingParams.greedy().withBias(new LogitBias(Map.of(10, 1f)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SampledSequence(biased, 0, 10, EMPTY))
                .withMessage("logit bias has token 10, but the vocabulary ends at 9");
        SamplingParams repetition = SamplingParams.greedy().withPenalties(new Penalties(0, 0, 1.5f));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SampledSequence(repetition, 0, 10, new int[] {3, -1}))
                .withMessage("the prompt has token -1, but the vocabulary ends at 9");
        SampledSequence sequence = new SampledSequence(SamplingParams.greedy(), 0, 10, EMPTY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sequence.accept(10))
                .withMessage("the answer has token 10, but the vocabulary ends at 9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sequence.forbid(new int[] {4, 11}))
                .withMessage("what is forbidden has token 11, but the vocabulary ends at 9");
    }

    @Test
    void whatIsForbiddenCannotBeChosenUntilItIsAllowed() {
        float[] logits = {1, 5, 3};
        SampledSequence sequence = new SampledSequence(SamplingParams.greedy(), 0, 3, EMPTY);
        sequence.forbid(new int[] {1});
        assertThat(sampler.pick(logits, 0, sequence, 0)).isEqualTo(2);
        sequence.forbid(new int[] {2});
        assertThat(sampler.pick(logits, 0, sequence, 0)).isEqualTo(1);
        sequence.forbid(EMPTY);
        assertThat(sampler.pick(logits, 0, sequence, 0)).isEqualTo(1);
        sequence.forbid(new int[] {0, 1, 2});
        assertThatThrownBy(() -> sampler.pick(logits, 0, sequence, 8))
                .isInstanceOf(SamplingException.class)
                .hasMessage(
                        "no token can be chosen at position 8: there is no token other than the 3 that are forbidden"
                                + " until the answer has its least length");
    }

    @Test
    void asksTheConstraintBeforeEachChoiceAndTellsItWhatCame() {
        List<String> calls = new ArrayList<>();
        TokenMask mask = new TokenMask(3);
        SampledSequence sequence = constrained(new TokenConstraint() {
            @Override
            public TokenMask allowed() {
                calls.add("allowed");
                return mask;
            }

            @Override
            public void accept(int id) {
                calls.add("accept " + id);
            }
        });
        mask.add(0);
        assertThat(sampler.pick(new float[] {1, 5, 3}, 0, sequence, 0)).isZero();
        sequence.accept(0);
        mask.add(2);
        assertThat(sampler.pick(new float[] {1, 5, 3}, 0, sequence, 1)).isEqualTo(2);
        sequence.accept(1);
        assertThat(calls).containsExactly("allowed", "accept 0", "allowed", "accept 1");
    }

    @Test
    void aConstraintThatAllowsNothingIsAnErrorAndNeverFreeText() {
        SampledSequence sequence = constrained(always(new TokenMask(3)));
        assertThatThrownBy(() -> sampler.pick(new float[] {1, 5, 3}, 0, sequence, 4))
                .isInstanceOf(SamplingException.class)
                .hasMessage("no token can be chosen at position 4: the constraint of this request allows no token");
        SampledSequence tooShort = constrained(always(TokenMask.all(2)));
        assertThat(sampler.pick(new float[] {1, 5, 30}, 0, tooShort, 4)).isEqualTo(1);
    }

    @Test
    void aConstraintThatThrowsIsAnErrorOfItsRequest() {
        IllegalStateException fault = new IllegalStateException("no such rule");
        SampledSequence sequence = constrained(new TokenConstraint() {
            @Override
            public TokenMask allowed() {
                throw fault;
            }

            @Override
            public void accept(int id) {
                throw new StackOverflowError();
            }
        });
        assertThatThrownBy(() -> sampler.pick(new float[] {1, 5, 3}, 0, sequence, 4))
                .isInstanceOf(SamplingException.class)
                .hasCause(fault)
                .hasMessage("the constraint of this request failed at position 4: java.lang.IllegalStateException: "
                        + "no such rule");
        assertThatThrownBy(() -> sequence.accept(2))
                .isInstanceOf(SamplingException.class)
                .hasMessage("the constraint of this request failed on token 2: java.lang.StackOverflowError");
    }

    private static SampledSequence constrained(TokenConstraint constraint) {
        return SampledSequence.constrained(SamplingParams.greedy(), 0, 3, EMPTY, constraint);
    }

    private static TokenConstraint always(TokenMask mask) {
        return new TokenConstraint() {
            @Override
            public TokenMask allowed() {
                return mask;
            }

            @Override
            public void accept(int id) {}
        };
    }
}

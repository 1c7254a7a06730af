package dev.hadal.engine;

import dev.hadal.kernel.KernelSelector;
import dev.hadal.model.v4.DeepSeekV4;
import dev.hadal.sample.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A program that runs a few requests together on the tiny V4 with plain kernels, and prints what they give. */
public final class PlainEngine {
    private PlainEngine() {}

    public static void main(String[] args) throws InterruptedException {
        try (TinyV4 tiny = new TinyV4();
                DeepSeekV4 model = tiny.model(KernelSelector.scalar(), 1, 8)) {
            System.out.println(answers(tiny, model));
        }
    }

    /** Ids and bits of three requests, two of which begin alike. */
    static List<TinyV4.Answer> answers(TinyV4 tiny, DeepSeekV4 model) throws InterruptedException {
        Random random = new Random(11);
        int[] first = tiny.ids(random, 9);
        int[] second = first.clone();
        second[8]++;
        List<TinyV4.Answer> answers = new ArrayList<>();
        try (Engine engine = new Engine(model, EngineOptions.defaults())) {
            List<Generation> generations = new ArrayList<>();
            for (int[] prompt : List.of(first, second, tiny.ids(random, 5))) {
                generations.addAll(engine.submit(
                        GenerationRequest.of(prompt, new SamplingParams(1f, 1f, 0, 0f, 3), TokenLimits.of(6))
                                .withOutput(TokenOutput.plain().withTopLogProbs(5))));
            }
            for (Generation generation : generations) {
                answers.add(TinyV4.Answer.of(generation));
            }
        }
        return answers;
    }
}

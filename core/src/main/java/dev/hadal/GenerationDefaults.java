package dev.hadal;

import dev.hadal.checkpoint.ConfigFile;
import dev.hadal.checkpoint.ModelFiles;
import dev.hadal.sample.SamplingParams;

/**
 * What the model's makers recommend, from {@code generation_config.json}; without that file, the values of the V4
 * releases: temperature 1 and top-p 1 (architecture.md 11).
 *
 * @param sampling how to choose tokens
 */
public record GenerationDefaults(SamplingParams sampling) {
    private static final String FILE = "generation_config.json";
    private static final long MAX_BYTES = 1 << 20;

    static GenerationDefaults of(ModelFiles files) {
        SamplingParams released = new SamplingParams(1f, 1f, 0, 0f, 0);
        if (!files.exists(FILE)) {
            return new GenerationDefaults(released);
        }
        ConfigFile file = ConfigFile.parse(files.read(FILE, MAX_BYTES), files.origin() + ": " + FILE);
        if (file.has("do_sample") && !file.flag("do_sample")) {
            return new GenerationDefaults(SamplingParams.greedy());
        }
        SamplingParams sampling = released;
        if (file.has("temperature")) {
            sampling = sampling.withTemperature((float) file.number("temperature", 0, 2));
        }
        if (file.has("top_p")) {
            sampling = sampling.withTopP((float) file.number("top_p", 0, 1));
        }
        if (file.has("top_k")) {
            sampling = sampling.withTopK(file.integer("top_k", 0, Integer.MAX_VALUE));
        }
        if (file.has("min_p")) {
            sampling = sampling.withMinP((float) file.number("min_p", 0, 1));
        }
        return new GenerationDefaults(sampling);
    }
}

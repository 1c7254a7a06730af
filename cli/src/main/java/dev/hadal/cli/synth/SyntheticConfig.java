package dev.hadal.cli.synth;

import dev.hadal.model.v4.ExpertDtype;
import dev.hadal.model.v4.V4Config;
import dev.hadal.model.v4.V4Inventory;
import dev.hadal.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code config.json} of a synthetic checkpoint: a known one, with fewer layers or other formats.
 *
 * @param json the file, to be written as it is
 * @param config the same, checked
 * @param formats what the checkpoint holds
 */
public record SyntheticConfig(ObjectNode json, V4Config config, V4Inventory.Options formats) {
    /** What can be asked for, for messages. */
    public static final String PRESETS = "tiny, mini, flash-layers=N or pro-layers=N";

    private static final Pattern LAYERS = Pattern.compile("(flash|pro)-layers=([0-9]{1,4})");
    private static final JsonMapper MAPPER = JsonMapper.shared();

    /**
     * What a configuration leaves open.
     *
     * @param experts how routed experts are stored; null for what the configuration says, FP4 if it says nothing
     * @param scales F8_E8M0 or F32
     * @param mtp whether there is a classic draft block
     */
    public record Choices(@Nullable ExpertDtype experts, DType scales, boolean mtp) {}

    /**
     * The configuration of a preset: {@code mini} for measuring, {@code tiny} with every mechanism at toy width,
     * {@code flash-layers=N} and {@code pro-layers=N} with the true widths and the first N layers.
     *
     * @throws IllegalArgumentException naming the presets, or the range of layers
     */
    public static byte[] preset(String name) {
        Matcher layered = LAYERS.matcher(name);
        if (layered.matches()) {
            return bytes(firstLayers(resource(layered.group(1)), Integer.parseInt(layered.group(2))));
        }
        if (name.equals("tiny") || name.equals("mini")) {
            return bytes(resource(name));
        }
        throw new IllegalArgumentException("expected " + PRESETS + " but was \"" + name + "\"");
    }

    private static ObjectNode firstLayers(ObjectNode json, int count) {
        int all = json.path("num_hidden_layers").intValue();
        if (count < 1 || count > all) {
            throw new IllegalArgumentException("the model has 1 to " + all + " layers, not " + count);
        }
        json.put("num_hidden_layers", count);
        json.put("num_hash_layers", Math.min(count, json.path("num_hash_layers").intValue()));
        ArrayNode ratios = (ArrayNode) json.path("compress_ratios");
        while (ratios.size() > count) {
            ratios.remove(ratios.size() - 1);
        }
        return json;
    }

    /**
     * A configuration with choices.
     *
     * @param file a {@code config.json}
     * @param origin where it comes from, for messages
     * @throws dev.hadal.checkpoint.CheckpointException when it is not that of a DeepSeek-V4
     */
    public static SyntheticConfig of(byte[] file, String origin, Choices choices) {
        V4Config base = V4Config.parse(file, origin);
        ExpertDtype experts =
                choices.experts() == null ? V4Inventory.Options.of(base).experts() : choices.experts();
        ObjectNode json = (ObjectNode) MAPPER.readTree(file);
        ArrayNode ratios = json.putArray("compress_ratios");
        base.compressRatios().stream().limit(base.numHiddenLayers()).forEach(ratios::add);
        if (choices.mtp()) {
            ratios.add(0);
        }
        json.put("num_nextn_predict_layers", choices.mtp() ? 1 : 0);
        json.put("expert_dtype", experts.name().toLowerCase(Locale.ROOT));
        V4Inventory.Options formats = new V4Inventory.Options(experts, choices.scales(), choices.mtp());
        return new SyntheticConfig(json, V4Config.parse(bytes(json), origin), formats);
    }

    /** The bytes of the file. */
    byte[] bytes() {
        return bytes(json);
    }

    private static byte[] bytes(ObjectNode json) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    }

    private static ObjectNode resource(String name) {
        try (InputStream in =
                Objects.requireNonNull(SyntheticConfig.class.getResourceAsStream(name + ".json"), name + ".json")) {
            return (ObjectNode) MAPPER.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

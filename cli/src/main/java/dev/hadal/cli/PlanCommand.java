package dev.hadal.cli;

import dev.hadal.checkpoint.ModelFiles;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.v4.DecodeFlops;
import dev.hadal.model.v4.DeepSeekV4;
import dev.hadal.model.v4.LayerKind;
import dev.hadal.model.v4.V32Cost;
import dev.hadal.model.v4.V4Config;
import dev.hadal.model.v4.V4Plan;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code hadal plan}: what a model needs, from its configuration alone (architecture.md 10). */
@Command(
        name = "plan",
        description =
                "Tells what a model needs: parameters, disk, memory, and work for each token, beside DeepSeek-V3.2."
                        + " Its config.json is enough.",
        footer = {"", "  hadal plan --config config.json --context 100000"})
final class PlanCommand implements Runnable {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOption model = new ModelOption();

    @Option(names = "--config", paramLabel = "FILE", description = "A config.json, without a model.")
    private @Nullable Path configFile;

    @Option(
            names = "--context",
            paramLabel = "N",
            description = "Tokens of context to plan for; the most that the model can have if not given.")
    private @Nullable Integer context;

    @Option(names = "--json", description = "Answer in one line of JSON, bytes and numbers exact.")
    private boolean json;

    PlanCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        if (configFile != null && model.isDirectory()) {
            throw new ParameterException(spec.commandLine(), "give either --config or --model, not both");
        }
        V4Config config = configFile == null
                ? modelConfig()
                : V4Config.parse(ModelOption.readConfig(configFile), configFile.toString());
        int tokens = tokens(config);
        if (json) {
            terminal.printLine(json(V4Plan.of(config), tokens).toString());
        } else {
            print(V4Plan.of(config), tokens);
        }
    }

    private V4Config modelConfig() {
        try (ModelFiles files = model.files()) {
            return ModelOption.config(files);
        }
    }

    private int tokens(V4Config config) {
        int most = config.maxPositionEmbeddings();
        if (context == null) {
            return most;
        }
        if (context < 1 || context > most) {
            throw new ParameterException(
                    spec.commandLine(), "--context must be from 1 to " + most + " for this model, but is " + context);
        }
        return context;
    }

    private void print(V4Plan plan, int tokens) {
        DecodeFlops flops = plan.decodeFlops(tokens);
        terminal.row("parameters", Figures.count(plan.parameters()) + " (" + Figures.exact(plan.parameters()) + ")");
        terminal.row("active per token", Figures.count(plan.activeParameters()));
        if (plan.mtpParameters() > 0) {
            terminal.row("draft block", Figures.count(plan.mtpParameters()) + " parameters more");
        }
        terminal.row("files", size(plan.fileBytes()));
        terminal.row("memory for weights", size(plan.tensorBytes()));
        terminal.printLine("");
        terminal.printLine("With " + Figures.exact(tokens) + " tokens of context:");
        for (LayerKind kind : LayerKind.values()) {
            if (plan.layers(kind) > 0) {
                terminal.row(
                        "cache, " + plan.layers(kind) + " x " + kind,
                        size(plan.layers(kind) * plan.layerCacheBytes(kind, tokens)));
            }
        }
        terminal.row(
                "cache",
                size(plan.cacheBytes(tokens)) + ", " + Figures.percent(cacheShare(plan, tokens)) + " of DeepSeek-V3.2");
        terminal.row("memory of this program", size(DeepSeekV4.stateBytes(plan.config(), NumericsMode.QAT, tokens)));
        terminal.row(
                "work per token",
                Figures.count(Math.round(flops.total())) + " FLOPs, " + Figures.percent(flopsShare(plan, tokens))
                        + " of DeepSeek-V3.2");
    }

    private static String size(long bytes) {
        return Figures.bytes(bytes) + " (" + Figures.exact(bytes) + ")";
    }

    private static double cacheShare(V4Plan plan, int tokens) {
        return plan.cacheBytes(tokens) / (double) V32Cost.cacheBytes(tokens);
    }

    private static double flopsShare(V4Plan plan, int tokens) {
        return plan.decodeFlops(tokens).total() / V32Cost.decodeFlops(tokens).total();
    }

    private static ObjectNode json(V4Plan plan, int tokens) {
        ObjectNode object = Json.object();
        object.putObject("parameters")
                .put("total", plan.parameters())
                .put("active", plan.activeParameters())
                .put("draft", plan.mtpParameters());
        object.put("file_bytes", plan.fileBytes())
                .put("weight_bytes", plan.tensorBytes())
                .put("context", tokens);
        ObjectNode cache = object.putObject("cache_bytes");
        for (LayerKind kind : LayerKind.values()) {
            cache.put(kind.name().toLowerCase(Locale.ROOT), plan.layers(kind) * plan.layerCacheBytes(kind, tokens));
        }
        cache.put("total", plan.cacheBytes(tokens));
        object.put("state_bytes", DeepSeekV4.stateBytes(plan.config(), NumericsMode.QAT, tokens));
        DecodeFlops flops = plan.decodeFlops(tokens);
        object.putObject("flops_per_token")
                .put("weights", flops.weights())
                .put("core", flops.core())
                .put("indexer", flops.indexer())
                .put("total", flops.total());
        object.putObject("share_of_v32").put("cache", cacheShare(plan, tokens)).put("flops", flopsShare(plan, tokens));
        return object;
    }
}

package dev.hadal.server.anthropic;

import dev.hadal.ChatOptions;
import dev.hadal.OutputOptions;
import dev.hadal.PromptOptions;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.EffortRules;
import dev.hadal.chat.Field;
import dev.hadal.chat.Message;
import dev.hadal.chat.PythonJson;
import dev.hadal.chat.ReasoningEffort;
import dev.hadal.chat.RequestedEffort;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.ToolSpec;
import dev.hadal.sample.SamplingParams;
import dev.hadal.server.api.Conversations;
import dev.hadal.server.api.EndUser;
import dev.hadal.server.api.GenerationLimits;
import dev.hadal.server.api.ModelChoice;
import dev.hadal.server.api.Normalisation;
import dev.hadal.server.api.Replies;
import dev.hadal.server.api.ServedCall;
import dev.hadal.server.api.ToolChoice;
import dev.hadal.server.http.HttpException;
import dev.hadal.server.http.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads a body of Messages as the hosted service understands it (api.md 10.3). */
final class MessagesFields {
    private static final List<String> THINKING = List.of("enabled", "disabled", "adaptive");
    private static final List<String> EFFORTS = List.of("low", "medium", "high", "xhigh", "ultra", "max");
    private static final List<String> CHOICES = List.of("none", "auto", "any", "tool");
    private static final double HIGHEST_TEMPERATURE = 2;

    private final Replies replies;
    private final Limits.Fields limits;

    MessagesFields(Replies replies, Limits.Fields limits) {
        this.replies = replies;
        this.limits = limits;
    }

    /**
     * What the body asks for.
     *
     * @throws dev.hadal.chat.ChatRequestException if a field has the wrong type
     * @throws HttpException if a value is refused
     */
    ServedCall read(Field body, ModelChoice model) {
        refuseThread(body.get("thread"));
        Normalisation normalised = new Normalisation();
        List<Message> messages = messages(body, normalised);
        List<ToolSpec> tools = tools(body.get("tools"), normalised);
        Conversations.check(messages, tools, limits);
        if (replies.decisions().hostedFieldsOnly()) {
            Conversations.refuseImages(messages);
        }
        Field type = body.get("thinking").get("type");
        ThinkingMode mode = model.mode();
        if (!type.absent()) {
            mode = type.word(THINKING).equals("disabled") ? ThinkingMode.CHAT : ThinkingMode.THINKING;
        }
        Field effort = body.get("output_config").get("effort");
        if (replies.decisions().refuseDisabledEffort() && mode == ThinkingMode.CHAT && !effort.absent()) {
            throw HttpException.badRequest("thinking options type cannot be disabled when reasoning_effort is set")
                    .withParam(effort.path());
        }
        ToolChoice choice = toolChoice(body.get("tool_choice"), tools, mode);
        if (choice == ToolChoice.FORBIDDEN) {
            normalised.add(Normalisation.FORBIDDEN_TOOLS);
        }
        List<ToolSpec> offered = choice == ToolChoice.FORBIDDEN ? List.of() : tools;
        return new ServedCall(
                model,
                new Conversation(messages, offered, 0),
                options(body, mode, effort(effort, model.backend().info().rules()), choice),
                EndUser.withoutSession(body.get("metadata").get("user_id").string(""), normalised),
                choice != ToolChoice.AUTO,
                normalised);
    }

    /** A client that leaves the conversation to the server sends only what is new; answering that would be wrong. */
    private static void refuseThread(Field thread) {
        if (!thread.absent()) {
            throw HttpException.badRequest("thread: this server keeps no conversations; send all messages with each"
                            + " request and leave `thread` out")
                    .withParam("thread");
        }
    }

    private static List<Message> messages(Field body, Normalisation normalised) {
        Field list = body.get("messages");
        if (list.elements().isEmpty()) {
            throw list.refused("is required and must be an array of at least one message");
        }
        Blocks blocks = new Blocks(normalised);
        List<Message> messages = new ArrayList<>();
        messages.add(Message.system(blocks.system(body.get("system"))));
        list.elements().forEach(message -> messages.add(blocks.message(message)));
        List<Message> ordered = Conversations.withSystemInFront(messages, normalised);
        // Anthropic's way to begin the answer for the model.
        if (!ordered.isEmpty() && ordered.getLast() instanceof Message.Assistant last) {
            ordered.set(ordered.size() - 1, last.opened());
        }
        return ordered;
    }

    private static List<ToolSpec> tools(Field list, Normalisation normalised) {
        List<ToolSpec> tools = new ArrayList<>();
        for (Field tool : list.elements()) {
            String type = tool.object().get("type").string("custom");
            if (!type.equals("custom")) {
                normalised.add(Normalisation.SERVER_TOOLS);
                continue;
            }
            String name = tool.get("name").string();
            StringBuilder function = new StringBuilder("{\"name\": ").append(PythonJson.quote(name));
            if (!tool.get("description").absent()) {
                function.append(", \"description\": ")
                        .append(PythonJson.quote(tool.get("description").string()));
            }
            if (!tool.get("input_schema").absent()) {
                function.append(", \"parameters\": ")
                        .append(tool.get("input_schema").object().json());
            }
            tools.add(new ToolSpec(name, function.append('}').toString()));
        }
        return tools;
    }

    private static ToolChoice toolChoice(Field field, List<ToolSpec> tools, ThinkingMode mode) {
        String word = field.absent() ? "auto" : field.object().get("type").word(CHOICES);
        return switch (word) {
            case "any" -> throw ToolChoice.forced(field, tools, mode, "");
            case "tool" ->
                throw ToolChoice.forced(field, tools, mode, field.get("name").string());
            default -> ToolChoice.of(tools, word.equals("none"));
        };
    }

    private static ReasoningEffort effort(Field field, EffortRules rules) {
        if (field.absent()) {
            return RequestedEffort.HIGH.under(rules);
        }
        String word = field.word(EFFORTS);
        RequestedEffort requested =
                word.equals("ultra") ? RequestedEffort.MAX : RequestedEffort.valueOf(word.toUpperCase(Locale.ROOT));
        return requested.under(rules);
    }

    private ChatOptions options(Field body, ThinkingMode mode, ReasoningEffort effort, ToolChoice choice) {
        float temperature = GenerationLimits.number(body.get("temperature"), 0, HIGHEST_TEMPERATURE, 1);
        float topP = GenerationLimits.number(body.get("top_p"), 0, 1, 1);
        boolean shaped = mode == ThinkingMode.CHAT;
        return new ChatOptions(
                mode,
                effort,
                new SamplingParams(
                        shaped ? temperature : 1,
                        shaped ? topP : 1,
                        0,
                        0,
                        replies.ids().seed()),
                GenerationLimits.maxTokens(body.get("max_tokens")),
                GenerationLimits.stops(body.get("stop_sequences"), limits),
                new OutputOptions(1, OutputOptions.NONE),
                new PromptOptions(false, !choice.offered(), true));
    }
}

package dev.hadal.server.openai;

import dev.hadal.ChatOptions;
import dev.hadal.OutputOptions;
import dev.hadal.PromptOptions;
import dev.hadal.chat.ChatRequest;
import dev.hadal.chat.ChatRequestReader;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.EncodingOptions;
import dev.hadal.chat.Field;
import dev.hadal.chat.Message;
import dev.hadal.chat.ReasoningEffort;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.server.api.Conversations;
import dev.hadal.server.api.GenerationLimits;
import dev.hadal.server.api.ModelChoice;
import dev.hadal.server.api.Normalisation;
import dev.hadal.server.api.Replies;
import dev.hadal.server.api.ServedCall;
import dev.hadal.server.api.ToolChoice;
import dev.hadal.server.http.HttpException;
import dev.hadal.server.http.Limits;
import java.util.List;

/** Reads a body of Chat Completions as the hosted service understands it (api.md 3, 4, 9.2). */
final class ChatRequestFields {
    private static final List<String> FORMATS = List.of("text", "json_object");
    private static final String MISSING_REASONING =
            "The `reasoning_content` in the thinking mode must be passed back to the API.";

    private final Replies replies;
    private final Limits.Fields limits;
    private final boolean beta;

    /**
     * @param limits of numbers of things
     * @param beta whether the path is one with beta features
     */
    ChatRequestFields(Replies replies, Limits.Fields limits, boolean beta) {
        this.replies = replies;
        this.limits = limits;
        this.beta = beta;
    }

    /**
     * What the body asks for.
     *
     * @throws dev.hadal.chat.ChatRequestException if a field has the wrong type
     * @throws HttpException if a value is refused
     */
    ServedCall read(Field body, ModelChoice model) {
        requireTextFormat(body.get("response_format"));
        ChatRequest request =
                ChatRequestReader.chatCompletions(body, model.backend().info().rules());
        Conversation conversation = request.conversation();
        Conversations.check(conversation.messages(), conversation.tools(), limits);
        Conversations.refuseImages(conversation.messages());
        EncodingOptions encoding = request.options();
        // A name that does not think goes on not to, whatever the effort, as `disabled` does.
        boolean quiet = model.mode() == ThinkingMode.CHAT
                && body.get("thinking").get("type").absent();
        ThinkingMode mode = quiet ? ThinkingMode.CHAT : encoding.mode();
        requireConsistentThinking(body, mode);
        checkBeta(body, conversation.messages().getLast());
        ToolChoice choice = FunctionChoice.read(body.get("tool_choice"), conversation.tools(), mode);
        if (mode == ThinkingMode.THINKING && choice.offered()) {
            requireReasoning(body);
        }
        Normalisation normalised = new Normalisation();
        if (choice == ToolChoice.FORBIDDEN) {
            normalised.add(Normalisation.FORBIDDEN_TOOLS);
        }
        return new ServedCall(
                model,
                choice == ToolChoice.FORBIDDEN ? conversation.withTools(List.of()) : conversation,
                options(body, mode, encoding.effort(), choice),
                body.get("user_id").string(""),
                choice != ToolChoice.AUTO,
                normalised);
    }

    private ChatOptions options(Field body, ThinkingMode mode, ReasoningEffort effort, ToolChoice choice) {
        SamplingFields sampling = new SamplingFields(body, replies);
        Field maxTokens = body.get("max_tokens");
        return new ChatOptions(
                mode,
                effort,
                sampling.sampling(mode == ThinkingMode.CHAT),
                GenerationLimits.maxTokens(maxTokens.absent() ? body.get("max_completion_tokens") : maxTokens),
                GenerationLimits.stops(body.get("stop"), limits),
                new OutputOptions(sampling.choices(limits), sampling.wantedAlternatives(sampling.topLogProbs())),
                new PromptOptions(false, !choice.offered(), !replies.decisions().refuseMissingReasoning()));
    }

    private static void requireTextFormat(Field format) {
        Field type = format.get("type");
        if (format.absent() || type.absent()) {
            return;
        }
        if (type.string().equals("json_schema")) {
            throw HttpException.badRequest("This response_format type is unavailable now")
                    .withParam(type.path());
        }
        if (type.word(FORMATS).equals("json_object")) {
            throw HttpException.badRequest("This response_format type is unavailable now: without constrained decoding"
                            + " this server cannot promise JSON; ask for it in a message instead")
                    .withParam(type.path());
        }
    }

    private void requireConsistentThinking(Field body, ThinkingMode mode) {
        boolean disabled = mode == ThinkingMode.CHAT
                && body.get("thinking").get("type").present().isPresent();
        if (replies.decisions().refuseDisabledEffort()
                && disabled
                && !body.get("reasoning_effort").absent()) {
            throw HttpException.badRequest("thinking options type cannot be disabled when reasoning_effort is set")
                    .withParam("reasoning_effort");
        }
    }

    private void checkBeta(Field body, Message last) {
        if (!beta) {
            if (last instanceof Message.Assistant assistant && assistant.open()) {
                throw HttpException.badRequest("To continue a message (`prefix`) is a beta feature: use the base URL"
                                + " that ends in /beta")
                        .withParam("messages");
            }
            return;
        }
        for (Field tool : body.get("tools").elements()) {
            Field strict = tool.get("function").get("strict");
            if (strict.bool(false)) {
                throw HttpException.badRequest("Strict functions need constrained decoding, which this server does not"
                                + " offer yet; leave `strict` out")
                        .withParam(strict.path());
            }
        }
    }

    /** The hosted service wants the reasoning of every earlier turn back, even an empty one. */
    private void requireReasoning(Field body) {
        if (!replies.decisions().refuseMissingReasoning()) {
            return;
        }
        for (Field message : body.get("messages").elements()) {
            if (message.get("role").string().equals("assistant")
                    && message.get("reasoning_content").absent()) {
                throw HttpException.badRequest(MISSING_REASONING).withParam(message.path());
            }
        }
    }
}

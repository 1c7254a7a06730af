package dev.hadal.server.openai;

import dev.hadal.ChatOptions;
import dev.hadal.OutputOptions;
import dev.hadal.PromptOptions;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.Field;
import dev.hadal.chat.Message;
import dev.hadal.chat.RequestedEffort;
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

/** Reads a body of Responses (api.md 11): everything that has been said comes with each request. */
final class ResponseFields {
    private static final List<String> FORMATS = List.of("text", "json_object", "json_schema");

    private final Replies replies;
    private final Limits.Fields limits;

    /**
     * What a body asks for.
     *
     * @param call of the model
     * @param tools the client's names for what the model calls
     * @param effort as the client named it
     * @param sealed whether the client wants the reasoning back in a form that it can return
     */
    record Asked(ServedCall call, ResponseTools tools, RequestedEffort effort, boolean sealed) {}

    ResponseFields(Replies replies, Limits.Fields limits) {
        this.replies = replies;
        this.limits = limits;
    }

    /**
     * What the body asks for.
     *
     * @throws dev.hadal.chat.ChatRequestException if a field has the wrong type
     * @throws HttpException if a value is refused
     */
    Asked read(Field body, ModelChoice model) {
        refuseStored(body, "previous_response_id");
        refuseStored(body, "conversation");
        refuseBackground(body.get("background"));
        refuseFormat(body.get("text").get("format").get("type"));
        Normalisation normalised = new Normalisation();
        List<Message> messages = Conversations.withSystemInFront(
                new ResponseInput(normalised).read(body.get("instructions"), body.get("input")), normalised);
        ResponseTools tools = new ResponseTools(body.get("tools"), normalised);
        Conversations.check(messages, tools.specs(), limits);
        if (replies.decisions().hostedFieldsOnly()) {
            Conversations.refuseImages(messages);
        }
        Field effortField = body.get("reasoning").get("effort");
        RequestedEffort effort = effortField.constant(RequestedEffort.class, RequestedEffort.HIGH);
        ThinkingMode mode = effort == RequestedEffort.NONE ? ThinkingMode.CHAT : model.mode();
        ToolChoice choice = FunctionChoice.read(body.get("tool_choice"), tools.specs(), mode);
        if (choice == ToolChoice.FORBIDDEN) {
            normalised.add(Normalisation.FORBIDDEN_TOOLS);
        }
        SamplingFields sampling = new SamplingFields(body, replies);
        ChatOptions options = new ChatOptions(
                mode,
                effort.under(model.backend().info().rules()),
                sampling.sampling(mode == ThinkingMode.CHAT),
                GenerationLimits.maxTokens(body.get("max_output_tokens")),
                List.of(),
                new OutputOptions(1, OutputOptions.NONE),
                new PromptOptions(false, !choice.offered(), true));
        Conversation conversation =
                new Conversation(messages, choice == ToolChoice.FORBIDDEN ? List.of() : tools.specs(), 0);
        ServedCall call = new ServedCall(
                model, conversation, options, body.get("user_id").string(""), choice != ToolChoice.AUTO, normalised);
        boolean sealed = body.get("include").elements().stream()
                .anyMatch(field -> field.string().equals("reasoning.encrypted_content"));
        return new Asked(call, tools, effort, sealed);
    }

    private static void refuseStored(Field body, String name) {
        if (!body.get(name).absent()) {
            throw HttpException.badRequest(name + ": this server stores no responses; send the whole input with each"
                            + " request and leave `" + name + "` out")
                    .withParam(name);
        }
    }

    private static void refuseBackground(Field background) {
        if (background.bool(false)) {
            throw HttpException.badRequest("background: this server answers while the client waits; leave it out")
                    .withParam(background.path());
        }
    }

    private static void refuseFormat(Field type) {
        if (!type.absent() && !type.word(FORMATS).equals("text")) {
            throw HttpException.badRequest("This response_format type is unavailable now: without constrained decoding"
                            + " this server cannot promise JSON; ask for it in a message instead")
                    .withParam(type.path());
        }
    }
}

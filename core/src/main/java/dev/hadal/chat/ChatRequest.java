package dev.hadal.chat;

/**
 * What a client asks of the prompt.
 *
 * @param conversation the messages and tools
 * @param options mode and effort, under the rules of the checkpoint
 * @param jsonObject whether the answer must be a JSON object. The hosted service adds an instruction
 *     of 20 tokens here whose words are unknown (encoding.md 9); the prompt stays as it is
 */
public record ChatRequest(Conversation conversation, EncodingOptions options, boolean jsonObject) {}

package dev.hadal.chat;

/**
 * A call of a tool by the model.
 *
 * @param id what its result refers to; opaque, may be empty in a history
 * @param name the tool's name
 * @param arguments JSON text, normally of an object; not promised to be valid
 */
public record ToolCall(String id, String name, String arguments) {}

package dev.hadal.cli.bench;

/** Requests of the soaks in each dialect. The texts are plain, so nothing has to be escaped. */
final class SoakRequests {
    static final String CHAT = "/chat/completions";
    static final String MESSAGES = "/anthropic/v1/messages";
    static final String RESPONSES = "/v1/responses";
    static final String COMPLETIONS = "/v1/completions";

    private SoakRequests() {}

    static String chat(String model, String text, boolean stream) {
        return """
                {"model":"%s","stream":%b,"thinking":{"type":"disabled"},"messages":[{"role":"user","content":"%s"}]}""".formatted(model, stream, text);
    }

    static String messages(String model, String text, boolean stream) {
        return """
                {"model":"%s","stream":%b,"max_tokens":1000,"messages":[{"role":"user","content":"%s"}]}""".formatted(model, stream, text);
    }

    static String responses(String model, String text, boolean stream) {
        return """
                {"model":"%s","stream":%b,"input":"%s"}""".formatted(model, stream, text);
    }

    static String completions(String model, String text, boolean stream) {
        return """
                {"model":"%s","stream":%b,"prompt":"%s"}""".formatted(model, stream, text);
    }

    /** With a tool of this schema. */
    static String chat(String model, String text, boolean stream, String schema) {
        return """
                {"model":"%s","stream":%b,"thinking":{"type":"disabled"},"messages":[{"role":"user","content":"%s"}],\
                "tools":[{"type":"function","function":{"name":"look_up","parameters":%s}}]}""".formatted(model, stream, text, schema);
    }

    /** With a tool of this schema. */
    static String messages(String model, String text, boolean stream, String schema) {
        return """
                {"model":"%s","stream":%b,"max_tokens":1000,"messages":[{"role":"user","content":"%s"}],\
                "tools":[{"name":"look_up","input_schema":%s}]}""".formatted(model, stream, text, schema);
    }

    /** With a tool of this schema. */
    static String responses(String model, String text, boolean stream, String schema) {
        return """
                {"model":"%s","stream":%b,"input":"%s",\
                "tools":[{"type":"function","name":"look_up","strict":false,"parameters":%s}]}""".formatted(model, stream, text, schema);
    }
}

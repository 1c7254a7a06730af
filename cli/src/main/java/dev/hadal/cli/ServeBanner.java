package dev.hadal.cli;

import dev.hadal.server.HadalServer;
import dev.hadal.server.ServerConfig;
import java.util.List;
import java.util.Map;

/** What is said when a server is ready: what runs, where and how, how to call it, and what is missing for more speed. */
final class ServeBanner {
    private final HadalServer server;
    private final ServerConfig config;
    private final Map<String, String> models;
    private final Map<String, String> paths;
    private final List<String> notices;

    /**
     * A banner.
     *
     * @param models what answers to each name
     * @param paths how each of those computes that do
     * @param notices what is slower than need be
     */
    ServeBanner(
            HadalServer server,
            ServerConfig config,
            Map<String, String> models,
            Map<String, String> paths,
            List<String> notices) {
        this.server = server;
        this.config = config;
        this.models = models;
        this.paths = paths;
        this.notices = notices;
    }

    String text() {
        String url = server.uri().toString();
        String key = config.access().keys() == null ? "local" : "YOUR_KEY";
        String model = models.containsKey("deepseek-v4-flash")
                ? "deepseek-v4-flash"
                : models.keySet().iterator().next();
        String large = models.containsKey("deepseek-v4-pro") ? "deepseek-v4-pro" : model;
        StringBuilder text = new StringBuilder("hadal serves the DeepSeek API on " + url + "\n");
        models.forEach((name, source) -> text.append("  %-18s %s%n".formatted(name, source)));
        paths.forEach((name, path) -> text.append("  %s computes with %s%n".formatted(name, path)));
        text.append("  keys: ")
                .append(
                        config.access().keys() == null
                                ? "off; only this machine can connect, and any key will do"
                                : config.access().keys())
                .append("\n  usage: ")
                .append(
                        config.access().ledger() == null
                                ? "not recorded"
                                : config.access().ledger())
                .append("\n");
        notices.forEach(
                notice -> text.append("  slower than need be: ").append(notice).append("\n"));
        text.append("""

                Try it:
                  curl %1$s/chat/completions -H 'Content-Type: application/json' -H 'Authorization: Bearer %2$s' \\
                    -d '{"model": "%3$s", "messages": [{"role": "user", "content": "Hello"}]}'

                Claude Code:
                  export ANTHROPIC_BASE_URL=%1$s/anthropic ANTHROPIC_AUTH_TOKEN=%2$s
                  export ANTHROPIC_MODEL=%4$s ANTHROPIC_DEFAULT_HAIKU_MODEL=%3$s API_TIMEOUT_MS=3000000
                  export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
                OpenCode (opencode.json; then opencode run -m hadal/%4$s):
                  {"provider": {"hadal": {"npm": "@ai-sdk/openai-compatible", "models": {"%4$s": {}},
                    "options": {"baseURL": "%1$s/v1", "apiKey": "%2$s"}}}}
                OpenClaw (~/.openclaw/openclaw.json; then openclaw agent --model hadal/%4$s):
                  {"models": {"providers": {"hadal": {"baseUrl": "%1$s/v1", "apiKey": "%2$s",
                    "api": "openai-completions", "models": [{"id": "%4$s", "name": "%4$s", "reasoning": true}]}}}}
                CodeBuddy (~/.codebuddy/models.json; then codebuddy --model %4$s):
                  {"models": [{"id": "%4$s", "name": "%4$s", "url": "%1$s/v1/chat/completions", "apiKey": "%2$s",
                    "supportsToolCall": true, "supportsReasoning": true}]}

                Ctrl-C ends it after the running requests, a second one at once.
                """.formatted(url, key, model, large));
        return text.toString();
    }
}

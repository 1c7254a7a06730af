package dev.hadal.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.server.api.OpenApi;
import dev.hadal.server.api.Recorded;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/** What real clients send is accepted and answered, plain and streamed, as the description of the API says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordedRequestsTest {
    private static final String SCRIPT = """
            rules:
              - when: {from: tool}
                reasoning: It is done.
                text: Done, the tool has answered.
              - when: {from: user, turn: 1}
                reasoning: The user wants one file.
                text: I call a tool.
                calls:
                  - any:
                      - {tool: Write, arguments: {file_path: /tmp/x, content: "TOKEN-1\\n"}}
                      - {tool: write, arguments: {path: /tmp/x, content: "TOKEN-1\\n"}}
                      - {tool: write_file, arguments: {file_path: /tmp/x, content: "TOKEN-1\\n"}}
                      - {tool: exec_command, arguments: {cmd: ls}}
                      - {tool: get_weather, arguments: {city: Hangzhou}}
                      - {tool: bash, arguments: {command: ls}}
                      - {tool: Agent, arguments: {prompt: ls}}
                      - {tool: apply_patch, arguments: {input: x}}
                      - {tool: agent, arguments: {prompt: ls}}
              - reasoning: A last word.
                text: Hello.
            """;

    private final OpenApi openApi = OpenApi.read();
    private LiveServer server;

    @BeforeAll
    void start() {
        server = LiveServer.start(SCRIPT);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    static Stream<Recorded> requests() {
        return Recorded.all();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRecordedRequestFitsTheDescriptionAndIsAnsweredBothWays(Recorded request) {
        String path = request.path().replaceFirst("\\?.*", "");
        openApi.assertFits(openApi.requestSchema(path), request.body().toString());
        for (boolean stream : new boolean[] {false, true}) {
            ObjectNode body = ((ObjectNode) request.body().deepCopy()).put("stream", stream);
            if (!stream) {
                body.remove("stream_options");
            }
            HttpResponse<String> response = server.post(request.path(), body.toString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            String schema = openApi.responseSchema(path, "post", stream);
            if (stream) {
                assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
                List<String> events = LiveServer.data(response);
                assertThat(events).hasSizeGreaterThan(3);
                events.stream()
                        .filter(event -> !event.equals("[DONE]"))
                        .forEach(event -> openApi.assertFits(schema, event));
            } else {
                openApi.assertFits(schema, response.body());
            }
        }
    }

    @Test
    void allThirteenClientsAreHere() {
        assertThat(Recorded.all()
                        .map(request -> request.name().replaceFirst("/.*", ""))
                        .distinct())
                .hasSize(13);
        assertThat(Recorded.all()).hasSize(38);
    }
}

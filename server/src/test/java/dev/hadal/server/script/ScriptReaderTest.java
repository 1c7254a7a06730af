package dev.hadal.server.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptReaderTest {
    @TempDir
    private Path directory;

    @Test
    void readsEveryKey() {
        Script script = ScriptReader.parse("""
                context: 4096
                delay: 20ms
                rules:
                  - when: {contains: a, matches: "b+", from: user, turn: 2, model: m, offers: f}
                    reasoning: r
                    text: t
                    calls: [{tool: f, arguments: {x: 1}}]
                    finish: length
                    first_delay: 1.5s
                    fault: {kind: stall, after: 3, length: 2s}
                """, "s.yaml");
        assertThat(script.contextTokens()).isEqualTo(4096);
        ScriptRule rule = script.rules().getFirst();
        assertThat(rule.when().from()).isEqualTo(ScriptCondition.From.USER);
        assertThat(rule.when().turn()).isEqualTo(2);
        assertThat(rule.pace().token()).hasMillis(20);
        assertThat(rule.pace().firstToken()).hasMillis(1500);
        assertThat(rule.answer().cutOff()).isTrue();
        assertThat(rule.fault()).isEqualTo(new ScriptFault(ScriptFault.Kind.STALL, 3, java.time.Duration.ofSeconds(2)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "rules: [{txt: a}]|s.yaml: rules[0] has an unknown key \"txt\"; known are when, reasoning, text, calls,"
                        + " raw, finish, delay, first_delay, fault",
                "rules: [{}]|s.yaml: rules[0] answers nothing; give it text, reasoning, calls, raw or a fault",
                "rules: [{text: a, raw: b}]|s.yaml: rules[0] has raw beside reasoning, text or calls; give one or the"
                        + " others",
                "rules: [{text: a, delay: 5}]|s.yaml: rules[0].delay must be a length of time such as 20ms or 1.5s",
                "rules: [{text: a, delay: 11000s}]|s.yaml: rules[0].delay must be from 0ms to 600s",
                "rules: [{text: a, finish: stopp}]|s.yaml: rules[0].finish must be one of stop, length",
                "rules: [{when: {turn: 0}, text: a}]|s.yaml: rules[0].when.turn must be a whole number from 1 to"
                        + " 2147483647",
                "rules: [{calls: [{arguments: {}}]}]|s.yaml: rules[0].calls[0] needs tool",
                "rules: [{text: a, fault: {kind: stall}}]|s.yaml: rules[0].fault must have a length if it is a stall,"
                        + " and only then",
                "rules: 5|s.yaml: rules must be a list",
                "[]|s.yaml: the script must be a mapping",
                "rules: [{when: {matches: '('}, text: a}]|s.yaml: rules[0].when.matches is no regular expression of"
                        + " RE2: error parsing regexp: missing closing ): `(`"
            })
    void refusesWithThePlace(String yaml, String message) {
        assertThatThrownBy(() -> ScriptReader.parse(yaml, "s.yaml"))
                .isInstanceOf(ScriptException.class)
                .hasMessage(message);
    }

    @Test
    void refusesWhatIsNoYaml() {
        assertThatThrownBy(() -> ScriptReader.parse("rules: [", "s.yaml"))
                .isInstanceOf(ScriptException.class)
                .hasMessageStartingWith("s.yaml is not YAML: ");
    }

    @Test
    void readsFilesAndSaysWhichItCannot() throws Exception {
        Path file = Files.writeString(directory.resolve("s.yaml"), "rules: [{text: a}]");
        assertThat(ScriptReader.read(file).size()).isEqualTo(1);
        assertThatThrownBy(() -> ScriptReader.read(directory.resolve("none.yaml")))
                .isInstanceOf(ScriptException.class)
                .hasMessage(directory.resolve("none.yaml") + " does not exist; give the path of a script");
    }
}

package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private static final Terminal.Kind SCREEN = new Terminal.Kind(true, true, true, true);
    private static final Terminal.Kind NO_COLOUR = new Terminal.Kind(true, true, true, false);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Terminal terminal(Terminal.Kind kind, byte... input) {
        return new Terminal(new ByteArrayInputStream(input), out, err, kind);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void dimsReasoningOnAScreenWithColours() {
        Terminal terminal = terminal(SCREEN);
        terminal.reasoning("so");
        terminal.reasoning(" then");
        terminal.endReasoning();
        terminal.answer("Paris");
        assertThat(err()).isEqualTo("\u001b[2mso then\u001b[0m\n");
        assertThat(out()).isEqualTo("Paris");
    }

    @Test
    void leavesReasoningPlainWithoutColours() {
        terminal(NO_COLOUR).reasoning("so");
        terminal(Terminal.Kind.PIPES).reasoning(" then");
        assertThat(err()).isEqualTo("so then");
    }

    @Test
    void aNoteEndsTheDimming() {
        Terminal terminal = terminal(SCREEN);
        terminal.reasoning("so");
        terminal.note("hadal: enough");
        terminal.plain();
        assertThat(err()).isEqualTo("\u001b[2mso\u001b[0mhadal: enough\n");
    }

    @Test
    void progressIsDrawnOverAndErasedOnAScreenOnly() {
        Terminal terminal = terminal(NO_COLOUR);
        terminal.progress("10 of 20");
        terminal.progress("20");
        terminal.note("done");
        assertThat(err()).isEqualTo("\r10 of 20\r20      \r        \rdone\n");
        err.reset();
        Terminal pipe = terminal(Terminal.Kind.PIPES);
        pipe.progress("10 of 20");
        pipe.note("done");
        assertThat(err()).isEqualTo("done\n");
    }

    @Test
    void keepsTheModelFromSteeringAScreen() {
        terminal(SCREEN).answer("a\u001b[2Jb\u0007\tc\n\u009b");
        assertThat(out()).isEqualTo("a\ufffd[2Jb\ufffd\tc\n\ufffd");
    }

    @Test
    void givesAPipeTheExactText() {
        Terminal terminal = terminal(Terminal.Kind.PIPES);
        terminal.answer("a\u001b[2Jb");
        terminal.endAnswer();
        assertThat(out()).isEqualTo("a\u001b[2Jb");
    }

    @Test
    void joinsHalvesOfACharacterThatComeApart() {
        Terminal terminal = terminal(SCREEN);
        terminal.answer("\ud83d");
        terminal.answer("\ude00");
        assertThat(out()).isEqualTo("\ud83d\ude00");
    }

    @Test
    void readsLinesOfEitherKind() {
        Terminal terminal = terminal(Terminal.Kind.PIPES, "é\r\n\nlast".getBytes(StandardCharsets.UTF_8));
        assertThat(terminal.readLine()).isEqualTo("é");
        assertThat(terminal.readLine()).isEmpty();
        assertThat(terminal.readLine()).isEqualTo("last");
        assertThat(terminal.readLine()).isNull();
    }

    @Test
    void asksOnlyWhoeverTypes() {
        assertThat(terminal(SCREEN, (byte) 'x').ask()).isEqualTo("x");
        assertThat(terminal(SCREEN).ask()).isNull();
        assertThat(terminal(Terminal.Kind.PIPES, (byte) 'y').ask()).isEqualTo("y");
        assertThat(err()).isEqualTo("> > \n");
    }

    @Test
    void refusesInputThatIsNotUtf8() {
        assertThatThrownBy(() -> terminal(Terminal.Kind.PIPES, (byte) 0xff).readAll())
                .isInstanceOf(CommandException.class)
                .hasMessage("standard input is not UTF-8 text; convert it first, for example with iconv");
    }
}

package dev.hadal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.chat.Conversation;
import dev.hadal.chat.Message;
import dev.hadal.chat.ToolCall;
import org.junit.jupiter.api.Test;

class ReasoningMemoryTest {
    private final ReasoningMemory memory = new ReasoningMemory(1 << 20);

    private static Message.Assistant calling(String reasoning, String... ids) {
        return new Message.Assistant(
                reasoning,
                "",
                java.util.Arrays.stream(ids)
                        .map(id -> new ToolCall(id, "f", "{}"))
                        .toList());
    }

    private String restored(ReasoningMemory from, String namespace, Message.Assistant message) {
        Conversation conversation = Conversation.of(Message.user("Hi"), message, Message.toolResult("x", "1"));
        Conversation whole = from.restore(namespace, conversation);
        assertThat(whole.messages()).hasSize(3);
        return ((Message.Assistant) whole.messages().get(1)).reasoning();
    }

    @Test
    void findsReasoningByTheLettersAndDigitsOfAnyCall() {
        memory.remember("a", calling("Because.", "call_00_Ab1", "call_01_Cd2"));
        assertThat(restored(memory, "a", calling("", "call_01_Cd2"))).isEqualTo("Because.");
        assertThat(restored(memory, "a", calling("", "unknown", "call00Ab1"))).isEqualTo("Because.");
    }

    @Test
    void leavesAloneWhatIsThereOrUnknown() {
        memory.remember("a", calling("Because.", "call_1"));
        assertThat(restored(memory, "a", calling("Other.", "call_1"))).isEqualTo("Other.");
        assertThat(restored(memory, "a", calling("", "call_2"))).isEmpty();
        assertThat(restored(memory, "b", calling("", "call_1"))).isEmpty();
        assertThat(restored(memory, "a", calling(""))).isEmpty();
    }

    @Test
    void aCallWithoutIdIsNotRemembered() {
        memory.remember("a", calling("Because.", "", "--"));
        assertThat(restored(memory, "a", calling("", ""))).isEmpty();
    }

    @Test
    void forgetsTheOldestWhenThereIsTooMuch() {
        ReasoningMemory small = new ReasoningMemory(2 * (ReasoningMemory.ENTRY_BYTES + 30));
        small.remember("", calling("0123456789", "a1"));
        small.remember("", calling("0123456789", "a2"));
        small.remember("", calling("0123456789", "a3"));
        assertThat(restored(small, "", calling("", "a1"))).isEmpty();
        assertThat(restored(small, "", calling("", "a2"))).isEqualTo("0123456789");
        assertThat(restored(small, "", calling("", "a3"))).isEqualTo("0123456789");
    }

    @Test
    void shortTextsCountForMoreThanTheirCharacters() {
        ReasoningMemory small = new ReasoningMemory(10L * ReasoningMemory.ENTRY_BYTES);
        for (int i = 10; i < 60; i++) {
            small.remember("", calling("!", "" + i));
        }
        // 264 bytes each.
        assertThat(restored(small, "", calling("", "59"))).isEqualTo("!");
        assertThat(restored(small, "", calling("", "51"))).isEqualTo("!");
        assertThat(restored(small, "", calling("", "50"))).isEmpty();
    }
}

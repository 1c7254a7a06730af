package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineEventsTest {
    @TempDir
    private Path directory;

    @Test
    void aRecordingTellsWhatHappened() throws IOException {
        Path file = directory.resolve("engine.jfr");
        try (Recording recording = new Recording()) {
            for (String name : List.of("Step", "PrefixLookup", "Preemption", "Generation", "Refusal")) {
                recording.enable("dev.hadal." + name);
            }
            recording.start();
            live();
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events.stream()
                        .collect(Collectors.groupingBy(
                                event -> event.getEventType().getName(), Collectors.counting())))
                .containsEntry("dev.hadal.Refusal", 1L)
                .containsEntry("dev.hadal.PrefixLookup", 3L)
                .containsEntry("dev.hadal.Preemption", 1L)
                .containsEntry("dev.hadal.Generation", 2L);
        RecordedEvent over = events.stream()
                .filter(event -> event.getEventType().getName().equals("dev.hadal.Generation"))
                .filter(event -> event.getString("label").equals("urgent"))
                .findFirst()
                .orElseThrow();
        assertThat(over.getString("tenant")).isEqualTo("local");
        assertThat(over.getString("end")).isEqualTo("LENGTH");
        assertThat(over.getInt("promptTokens")).isEqualTo(100);
        assertThat(over.getInt("sampledTokens")).isEqualTo(20);
        assertThat(over.getDuration("queued")).isEqualTo(Duration.ofMillis(2));
        assertThat(over.getDuration("firstToken")).isEqualTo(Duration.ofMillis(104));
        assertThat(over.getDuration("perToken")).isEqualTo(Duration.ofMillis(2));
        long rows = events.stream()
                .filter(event -> event.getEventType().getName().equals("dev.hadal.Step"))
                .mapToLong(event -> event.getInt("promptRows") + event.getInt("decodeRows"))
                .sum();
        // The first one's ids are read again, but for the 128 of its snapshot.
        assertThat(rows).isGreaterThanOrEqualTo(300 + 49 + 100 + 19);
    }

    /** One that is preempted by another, and one that is refused. */
    private static void live() {
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withRunningSequences(1))) {
            Generation first = bench.submit(bench.request(300, 50));
            bench.runUntilWriting(first);
            bench.submit(bench.request(100, 20)
                    .withOrigin(Origin.local().withLabel("urgent").withPriority(1)));
            bench.run();
            try {
                bench.submit(bench.request(ToyModel.CONTEXT, 1));
            } catch (AdmissionException expected) {
                assertThat(expected.reason()).isEqualTo(AdmissionException.Reason.TOO_LONG);
            }
            EngineCounters counters = bench.engine.counters();
            assertThat(counters.submitted()).isEqualTo(2);
            assertThat(counters.refused()).isEqualTo(1);
            assertThat(counters.ended()).isEqualTo(2);
            assertThat(counters.failed()).isZero();
            assertThat(counters.tokens().sampled()).isEqualTo(70);
            assertThat(counters.tokens().prefixMisses()).isEqualTo(2);
            assertThat(counters.tokens().prefixHits()).isEqualTo(1);
            assertThat(counters.tokens().reused()).isEqualTo(256);
            assertThat(counters.trouble().preemptions()).isEqualTo(1);
        }
    }
}

package dev.hadal.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A tenant's sequences, and how much of the machine's time it has had. */
final class Tenant {
    /** By priority, then age. */
    static final Comparator<Sequence> BY_RANK = Comparator.comparingInt(
                    (Sequence sequence) -> -sequence.request().origin().priority())
            .thenComparingLong(sequence -> sequence.job().number())
            .thenComparingInt(Sequence::choice);

    private static final Comparator<Sequence> BY_TURN = Comparator.comparingInt(
                    (Sequence sequence) -> -sequence.request().origin().priority())
            .thenComparingLong(Sequence::lastStep)
            .thenComparingLong(sequence -> sequence.job().number())
            .thenComparingInt(Sequence::choice);

    private final String name;
    private final Set<Sequence> waiting = new TreeSet<>(BY_RANK);
    private final List<Sequence> running = new ArrayList<>();
    private double served;

    Tenant(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** Sequences without a state, by priority and age. */
    Set<Sequence> waiting() {
        return waiting;
    }

    /** Sequences with a state. */
    List<Sequence> running() {
        return running;
    }

    boolean idle() {
        return waiting.isEmpty() && running.isEmpty();
    }

    /** Those to be continued by one row, whose turn is longest ago first. */
    List<Sequence> decoding() {
        return running.stream()
                .filter(sequence -> sequence.pending() == 1 && ready(sequence))
                .sorted(BY_TURN)
                .toList();
    }

    /** Those with more to compute, oldest first, begun ones before others of the same priority. */
    List<Sequence> reading() {
        List<Sequence> reading = new ArrayList<>();
        running.stream()
                .filter(sequence -> sequence.pending() > 1 && ready(sequence))
                .forEach(reading::add);
        waiting.stream().filter(Tenant::ready).forEach(reading::add);
        reading.sort(BY_RANK);
        return reading;
    }

    private static boolean ready(Sequence sequence) {
        return !sequence.suspect() && !sequence.held() && !sequence.generation().full();
    }

    /** The time that it has had, in nanoseconds of a machine of its own. */
    double served() {
        return served;
    }

    void serve(double nanos) {
        served += nanos;
    }

    /** Time that nobody used cannot be asked for later. */
    void forgo(double until) {
        served = Math.max(served, until);
    }
}

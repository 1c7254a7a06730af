package dev.hadal.engine;

import java.util.ArrayList;
import java.util.List;

/** One request inside the engine. Until its prompt is computed only its first living sequence does anything. */
final class Job {
    private final GenerationRequest request;
    private final long number;
    private final List<Sequence> followers = new ArrayList<>();

    /**
     * @param number ascending in the order of submission
     */
    Job(GenerationRequest request, long number) {
        this.request = request;
        this.number = number;
    }

    GenerationRequest request() {
        return request;
    }

    long number() {
        return number;
    }

    /** Sequences that wait for the first one to have computed the prompt. */
    List<Sequence> followers() {
        return followers;
    }
}

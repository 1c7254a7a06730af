package dev.hadal.checkpoint;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/** How JSON of a stranger is read: little depth, short numbers, short names, every key once. */
final class UntrustedJson {
    /** Longest accepted tensor or file name, in characters. */
    static final int MAX_NAME_LENGTH = 256;

    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(16)
                            .maxNumberLength(64)
                            .maxNameLength(16 * MAX_NAME_LENGTH)
                            .maxStringLength(16 * MAX_NAME_LENGTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private UntrustedJson() {}

    /** What to say when the parser gives up; it does not always know where. */
    static CheckpointException refused(String file, String what, JacksonException cause, String remedy) {
        TokenStreamLocation location = cause.getLocation();
        String where = location == null ? "" : " at byte " + location.getByteOffset();
        return new CheckpointException(
                file, what + "cannot be parsed" + where + ": " + cause.getOriginalMessage(), remedy, cause);
    }
}

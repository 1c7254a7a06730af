package dev.hadal.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Byte-pair merging as the definition says it, with strings and no shortcuts: the oracle for {@link Bpe}. */
final class PlainBpe {
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<List<String>, Integer> ranks = new HashMap<>();

    PlainBpe(JsonNode tokenizer) {
        tokenizer
                .get("model")
                .get("vocab")
                .properties()
                .forEach(e -> ids.put(e.getKey(), e.getValue().intValue()));
        for (JsonNode merge : tokenizer.get("model").get("merges")) {
            ranks.put(List.of(merge.get(0).stringValue(), merge.get(1).stringValue()), ranks.size());
        }
    }

    int[] encode(String piece) {
        List<String> symbols = new ArrayList<>();
        for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
            symbols.add(spelling(b & 0xFF));
        }
        while (true) {
            int best = -1;
            int bestRank = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                int rank = ranks.getOrDefault(symbols.subList(i, i + 2), Integer.MAX_VALUE);
                if (rank < bestRank) {
                    best = i;
                    bestRank = rank;
                }
            }
            if (best < 0) {
                return symbols.stream().mapToInt(ids::get).toArray();
            }
            symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
        }
    }

    /** The usual spelling of a byte: itself where Latin-1 prints it, else the next character from U+0100 on. */
    static String spelling(int value) {
        int substitute = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean prints = (b >= '!' && b <= '~') || (b >= '¡' && b <= '¬') || (b >= '®' && b <= 'ÿ');
            if (b == value) {
                return Character.toString(prints ? b : substitute);
            }
            substitute += prints ? 0 : 1;
        }
        throw new IllegalArgumentException("not a byte: " + value);
    }
}

package dev.hadal.tokenizer;

/**
 * Turns ids into text as they arrive (encoding.md 2.2). A character whose bytes are spread over several tokens appears
 * when its last byte does; invalid bytes become U+FFFD, one for each longest beginning of a valid sequence, as the
 * Unicode standard recommends. Not thread-safe: one decoder belongs to one stream.
 */
public final class StreamDecoder {
    private static final int LOWEST_TAIL = 0x80;
    private static final int HIGHEST_TAIL = 0xBF;

    private final Vocabulary vocabulary;
    private final StringBuilder text = new StringBuilder();

    private int codePoint;
    private int tailsMissing;

    /** The range of the next tail byte; narrower after the lead bytes that could begin an invalid sequence. */
    private int lowest = LOWEST_TAIL;

    private int highest = HIGHEST_TAIL;

    StreamDecoder(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /**
     * Takes the next id.
     *
     * @param id an id of the tokenizer that made this decoder
     * @return the text that is certain now, possibly empty; at most three bytes are held back
     * @throws TokenizerException if there is no such id
     */
    public String accept(int id) {
        for (byte b : vocabulary.bytes(id)) {
            decode(b & 0xFF);
        }
        return take();
    }

    /**
     * Ends the stream.
     *
     * @return U+FFFD if it stopped inside a character, otherwise nothing
     */
    public String finish() {
        abandonSequence();
        return take();
    }

    private void decode(int value) {
        if (tailsMissing > 0 && value >= lowest && value <= highest) {
            codePoint = (codePoint << 6) | (value & 0x3F);
            tailsMissing--;
            lowest = LOWEST_TAIL;
            highest = HIGHEST_TAIL;
            if (tailsMissing == 0) {
                text.appendCodePoint(codePoint);
            }
            return;
        }
        abandonSequence();
        if (value < 0x80) {
            text.append((char) value);
        } else if (value >= 0xC2 && value <= 0xDF) {
            begin(value & 0x1F, 1);
        } else if (value >= 0xE0 && value <= 0xEF) {
            begin(value & 0x0F, 2);
            lowest = value == 0xE0 ? 0xA0 : LOWEST_TAIL; // shorter forms exist
            highest = value == 0xED ? 0x9F : HIGHEST_TAIL; // surrogates
        } else if (value >= 0xF0 && value <= 0xF4) {
            begin(value & 0x07, 3);
            lowest = value == 0xF0 ? 0x90 : LOWEST_TAIL; // shorter forms exist
            highest = value == 0xF4 ? 0x8F : HIGHEST_TAIL; // above U+10FFFF
        } else {
            text.append(Utf8.REPLACEMENT);
        }
    }

    private void begin(int bits, int tails) {
        codePoint = bits;
        tailsMissing = tails;
    }

    private void abandonSequence() {
        if (tailsMissing > 0) {
            text.append(Utf8.REPLACEMENT);
            tailsMissing = 0;
            lowest = LOWEST_TAIL;
            highest = HIGHEST_TAIL;
        }
    }

    private String take() {
        String taken = text.toString();
        text.setLength(0);
        return taken;
    }
}

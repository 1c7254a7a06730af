package dev.hadal.tokenizer;

import java.util.List;

/**
 * Cuts text into the pieces that are merged separately (encoding.md 2, step 3): a cursor over valid UTF-8.
 *
 * <p>The file describes three regular expressions applied one after the other. Splits 1 and 2 cut the text into runs
 * (up to three numbers; ideographs and kana; anything else), and split 3 sees each run alone, so it never looks past a
 * run's end. Every character is examined a bounded number of times.
 */
final class PreSplitter {
    /** The expressions that this class implements, as the file must spell them. */
    static final List<String> PATTERNS = List.of(
            "\\p{N}{1,3}",
            "[一-龥぀-ゟ゠-ヿ]+",
            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
                    + "|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
                    + "| ?[\\p{P}\\p{S}]+[\r\n]*"
                    + "|\\s*[\r\n]+"
                    + "|\\s+(?!\\S)"
                    + "|\\s+");

    private static final int MAX_NUMBERS = 3;

    private final byte[] text;
    private final int limit;
    private int runEnd;
    private int start;
    private int end;
    private long examined;

    /** A cursor over the bytes {@code from} (inclusive) to {@code to} (exclusive), both at character boundaries. */
    PreSplitter(byte[] text, int from, int to) {
        this.text = text;
        limit = to;
        runEnd = from;
        start = from;
        end = from;
    }

    /** Moves to the next piece; false when there is none. */
    boolean next() {
        start = end;
        if (start == limit) {
            return false;
        }
        if (start == runEnd) {
            CharacterClass first = classify(start);
            runEnd = first == CharacterClass.NUMBER ? numbersEnd() : runEnd(isIdeograph(start));
            if (first == CharacterClass.NUMBER) {
                end = runEnd;
                return true;
            }
        }
        end = pieceEnd();
        return true;
    }

    /** The first byte of the piece. */
    int start() {
        return start;
    }

    /** The byte after the piece. */
    int end() {
        return end;
    }

    /** How often a character was classified so far. */
    long examined() {
        return examined;
    }

    /** Split 1. */
    private int numbersEnd() {
        int at = start;
        for (int count = 0; count < MAX_NUMBERS && at < limit && classify(at) == CharacterClass.NUMBER; count++) {
            at = after(at);
        }
        return at;
    }

    /** Split 2, and what the first two splits leave between their matches. */
    private int runEnd(boolean ideographs) {
        int at = start;
        do {
            at = after(at);
        } while (at < limit && isIdeograph(at) == ideographs && classify(at) != CharacterClass.NUMBER);
        return at;
    }

    /** Split 3: the end of the piece that begins at {@code start}; the letters are those of encoding.md. */
    private int pieceEnd() {
        CharacterClass first = inRun(start);
        if (first.inWord) {
            return wordEnd(start); // (b) without its optional character
        }
        int second = after(start);
        CharacterClass next = inRun(second);
        if (first == CharacterClass.ASCII_PUNCTUATION && next == CharacterClass.ASCII_LETTER) {
            return asciiLettersEnd(second); // (a)
        }
        if (first.punctuation) {
            return punctuationEnd(start); // (c) without its space
        }
        if (first != CharacterClass.NEWLINE && next.inWord) {
            return wordEnd(second); // (b)
        }
        if (first == CharacterClass.SPACE && next.punctuation) {
            return punctuationEnd(second); // (c)
        }
        return first.whiteSpace ? whiteSpaceEnd() : gapEnd(second);
    }

    private int asciiLettersEnd(int from) {
        int at = from;
        while (inRun(at) == CharacterClass.ASCII_LETTER) {
            at++;
        }
        return at;
    }

    private int wordEnd(int from) {
        int at = from;
        while (inRun(at).inWord) {
            at = after(at);
        }
        return at;
    }

    private int punctuationEnd(int from) {
        int at = from;
        while (inRun(at).punctuation) {
            at = after(at);
        }
        while (inRun(at) == CharacterClass.NEWLINE) {
            at++;
        }
        return at;
    }

    /** (d) up to the last newline, else (e) all but the last before text, else (f) all. */
    private int whiteSpaceEnd() {
        int at = start;
        int last = start;
        int afterNewline = start;
        for (CharacterClass c = inRun(at); c.whiteSpace; c = inRun(at)) {
            last = at;
            at = after(at);
            if (c == CharacterClass.NEWLINE) {
                afterNewline = at;
            }
        }
        if (afterNewline > start) {
            return afterNewline;
        }
        return at == runEnd || last == start ? at : last;
    }

    /** Characters that no alternative matches, up to the first that one does. */
    private int gapEnd(int from) {
        int at = from;
        while (inRun(at) == CharacterClass.OTHER && !inRun(after(at)).inWord) {
            at = after(at);
        }
        return at;
    }

    private int after(int at) {
        return at + Utf8.width(text[at]);
    }

    private CharacterClass inRun(int at) {
        return at < runEnd ? classify(at) : CharacterClass.END;
    }

    private CharacterClass classify(int at) {
        examined++;
        return CharacterClass.at(text, at);
    }

    /** The set of split 2, which cuts across general categories: it holds marks, punctuation and unassigned points. */
    private boolean isIdeograph(int at) {
        byte lead = text[at];
        if (lead < (byte) 0xE3 || lead > (byte) 0xE9) { // also every ASCII character: bytes are signed
            return false;
        }
        int codePoint = Utf8.codePoint(text, at);
        return (codePoint >= 0x4E00 && codePoint <= 0x9FA5) || (codePoint >= 0x3040 && codePoint <= 0x30FF);
    }
}

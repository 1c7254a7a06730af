package dev.hadal.tokenizer;

/** What the patterns of encoding.md 2 distinguish about a character. */
enum CharacterClass {
    /** A-Z and a-z. */
    ASCII_LETTER(true, false, false),
    /** Any other letter, and every mark. */
    LETTER_OR_MARK(true, false, false),
    /** The 32 ASCII characters that are punctuation or symbols. */
    ASCII_PUNCTUATION(false, true, false),
    /** Any other punctuation or symbol. */
    PUNCTUATION(false, true, false),
    /** Any number category, not only decimal digits. */
    NUMBER(false, false, false),
    /** U+0020, the only white space that joins punctuation. */
    SPACE(false, false, true),
    /** CR and LF. */
    NEWLINE(false, false, true),
    /** Any other character with the property White_Space. */
    WHITE_SPACE(false, false, true),
    /** Controls, formats, private use, unassigned: matched by nothing on its own. */
    OTHER(false, false, false),
    /** No character: the run is over. */
    END(false, false, false);

    private static final CharacterClass[] ASCII = ascii();

    final boolean inWord;
    final boolean punctuation;
    final boolean whiteSpace;

    CharacterClass(boolean inWord, boolean punctuation, boolean whiteSpace) {
        this.inWord = inWord;
        this.punctuation = punctuation;
        this.whiteSpace = whiteSpace;
    }

    /** The class of the valid UTF-8 sequence at an index. */
    static CharacterClass at(byte[] text, int index) {
        byte lead = text[index];
        return lead >= 0 ? ASCII[lead] : of(Utf8.codePoint(text, index));
    }

    private static CharacterClass[] ascii() {
        var classes = new CharacterClass[128];
        for (int codePoint = 0; codePoint < classes.length; codePoint++) {
            classes[codePoint] = of(codePoint);
        }
        return classes;
    }

    private static CharacterClass of(int codePoint) {
        if (isWhiteSpace(codePoint)) {
            return switch (codePoint) {
                case ' ' -> SPACE;
                case '\r', '\n' -> NEWLINE;
                default -> WHITE_SPACE;
            };
        }
        boolean ascii = codePoint < 128;
        return switch (Character.getType(codePoint)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER -> ascii ? ASCII_LETTER : LETTER_OR_MARK;
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
                LETTER_OR_MARK;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION,
                    Character.MATH_SYMBOL,
                    Character.CURRENCY_SYMBOL,
                    Character.MODIFIER_SYMBOL,
                    Character.OTHER_SYMBOL -> ascii ? ASCII_PUNCTUATION : PUNCTUATION;
            default -> OTHER;
        };
    }

    /** The property White_Space; {@code Character.isWhitespace} lacks U+0085 and U+00A0 and adds U+001C to U+001F. */
    private static boolean isWhiteSpace(int codePoint) {
        return (codePoint >= 0x09 && codePoint <= 0x0D)
                || codePoint == 0x20
                || codePoint == 0x85
                || codePoint == 0xA0
                || codePoint == 0x1680
                || (codePoint >= 0x2000 && codePoint <= 0x200A)
                || codePoint == 0x2028
                || codePoint == 0x2029
                || codePoint == 0x202F
                || codePoint == 0x205F
                || codePoint == 0x3000;
    }
}

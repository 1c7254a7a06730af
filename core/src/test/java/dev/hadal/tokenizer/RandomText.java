package dev.hadal.tokenizer;

import java.util.random.RandomGenerator;

/** Seeded strings in which the characters that the patterns treat specially are frequent. */
final class RandomText {
    private static final String[] ODDITIES = {
        " ",
        "  ",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "\u000B",
        "\u0085",
        "\u00A0",
        "\u1680",
        "\u2009",
        "\u2028",
        "\u202F",
        "\u3000",
        "\u001C",
        "\u0000",
        "\u007F",
        "\u200B",
        "\u200D",
        "\uFEFF",
        "\u00AD",
        "\uE000",
        "\u0378",
        "\uFFFF",
        "a",
        "Z",
        "word",
        "é",
        "ß",
        "Ж",
        "ع",
        "あ",
        "ァ",
        "漢",
        "字",
        "\u9FA5",
        "\u9FA6",
        "\u4DFF",
        "\u4E00",
        "한",
        "\u0301",
        "\u0903",
        "\u20DD",
        "\u3099",
        "\u309B",
        "\u3040",
        "\u3097",
        "\u30A0",
        "\u30FB",
        "\u30FF",
        "\u3100",
        "\u303F",
        "1",
        "22",
        "4567",
        "٣",
        "Ⅷ",
        "½",
        "〇",
        "𝟘",
        "𐄇",
        ".",
        "'",
        "_",
        "\\",
        "]",
        "^",
        "`",
        "~",
        "!",
        "—",
        "«",
        "、",
        "$",
        "€",
        "+",
        "😀",
        "\uFE0F",
        "👨‍👩‍👧",
        "𝔘",
        "𐍈",
        "\uDB40\uDC41"
    };

    private final RandomGenerator random;

    RandomText(RandomGenerator random) {
        this.random = random;
    }

    /** Up to {@code items} oddities and arbitrary code points, without unpaired surrogates. */
    String next(int items) {
        var text = new StringBuilder();
        int count = random.nextInt(items + 1);
        for (int i = 0; i < count; i++) {
            if (random.nextInt(8) > 0) {
                text.append(ODDITIES[random.nextInt(ODDITIES.length)]);
                continue;
            }
            int codePoint = random.nextInt(random.nextBoolean() ? 0x3000 : Character.MAX_CODE_POINT + 1);
            text.appendCodePoint(codePoint >= 0xD800 && codePoint <= 0xDFFF ? 'x' : codePoint);
        }
        return text.toString();
    }
}

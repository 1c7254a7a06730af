package dev.hadal.cli;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Token ids as people write them: separated by commas or white space. */
final class TokenIds {
    private static final Pattern SEPARATORS = Pattern.compile("[\\s,]+");

    private TokenIds() {}

    /**
     * The ids in a text.
     *
     * @throws CommandException naming what is not an id
     */
    static int[] parse(String text) {
        return SEPARATORS
                .splitAsStream(text)
                .filter(word -> !word.isEmpty())
                .mapToInt(TokenIds::parseOne)
                .toArray();
    }

    private static int parseOne(String word) {
        try {
            int id = Integer.parseInt(word);
            if (id >= 0) {
                return id;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new CommandException("\"" + word + "\" is not a token id; ids are whole numbers from 0,"
                + " separated by commas or white space");
    }

    /** The ids in one line that {@link #parse} reads. */
    static String format(int[] ids) {
        return Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }
}

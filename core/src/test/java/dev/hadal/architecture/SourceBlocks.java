package dev.hadal.architecture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the methods of a Java source by matching braces, which is exact enough for formatted code: a block directly
 * inside a type body whose header has a parameter list, or is a record's compact constructor, is a method.
 */
final class SourceBlocks {
    /** Possessive throughout, as everything else takes a frame of the stack for each character of a text block. */
    private static final Pattern LITERAL_OR_COMMENT = Pattern.compile(
            "\"\"\"(?:[^\"\\\\]|\\\\.|\"(?!\"\"))*+\"\"\""
                    + "|\"(?:[^\"\\\\\n]|\\\\.)*+\""
                    + "|'(?:[^'\\\\\n]|\\\\.)*+'"
                    + "|//[^\n]*"
                    + "|/\\*.*?\\*/",
            Pattern.DOTALL);

    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|enum|record)\\s+\\w+");
    private static final Pattern METHOD =
            Pattern.compile("(?<!new )\\b(\\w+)\\s*\\([^=]*\\)\\s*(?:throws[\\w\\s.,]+)?$");
    private static final Pattern COMPACT_CONSTRUCTOR = Pattern.compile("(?:^|\\s)([A-Z]\\w*)$");

    private enum Kind {
        TYPE,
        METHOD,
        OTHER
    }

    private record Block(Kind kind, String name, int firstLine) {}

    private SourceBlocks() {}

    /**
     * One method or constructor.
     *
     * @param name without parameters
     * @param firstLine where its header begins, from 1, annotations included, comments not
     * @param lines up to its closing brace
     */
    record Method(String name, int firstLine, int lines) {}

    /** The methods of a source text, in the order in which they end. */
    static List<Method> methods(String source) {
        String code = blanked(source);
        List<Method> methods = new ArrayList<>();
        Deque<Block> open = new ArrayDeque<>();
        int line = 1;
        int parentheses = 0;
        int headerStart = 0;
        int headerLine = 0;
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            switch (c) {
                case '(' -> parentheses++;
                case ')' -> parentheses--;
                case '{' -> open.push(block(open.peek(), code.substring(headerStart, i), parentheses, headerLine));
                case '}' -> {
                    Block closed = open.pop();
                    if (closed.kind() == Kind.METHOD) {
                        methods.add(new Method(closed.name(), closed.firstLine(), line - closed.firstLine() + 1));
                    }
                }
                default -> {}
            }
            if (parentheses == 0 && (c == '{' || c == '}' || c == ';')) {
                headerStart = i + 1;
                headerLine = 0;
            } else if (headerLine == 0 && !Character.isWhitespace(c)) {
                headerLine = line;
            }
            if (c == '\n') {
                line++;
            }
        }
        return methods;
    }

    private static Block block(@Nullable Block parent, String header, int parentheses, int line) {
        String trimmed = header.strip();
        boolean inType = parent == null || parent.kind() == Kind.TYPE;
        if (!inType || parentheses > 0) {
            return new Block(Kind.OTHER, "", line);
        }
        if (TYPE.matcher(trimmed).find()) {
            return new Block(Kind.TYPE, "", line);
        }
        for (Pattern pattern : List.of(METHOD, COMPACT_CONSTRUCTOR)) {
            Matcher matcher = pattern.matcher(trimmed);
            if (matcher.find()) {
                return new Block(Kind.METHOD, matcher.group(1), line);
            }
        }
        return new Block(Kind.OTHER, "", line);
    }

    /** The same text, lines kept, without comments and literals, whose braces would mislead. */
    private static String blanked(String source) {
        return LITERAL_OR_COMMENT
                .matcher(source)
                .replaceAll(match -> "\n".repeat((int)
                        match.group().chars().filter(c -> c == '\n').count()));
    }
}

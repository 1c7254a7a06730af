package dev.hadal.chat;

/**
 * What stands at a {@code <} in a completion, read as leniently as encoding.md 13.2 asks: blanks
 * inside tags, attributes in any order.
 *
 * @param kind what it is
 * @param end where the text goes on behind it
 * @param attributes of an opening tag of a call or an argument
 */
record Tag(Kind kind, int end, TagAttributes attributes) {
    /** The kinds of tags. */
    enum Kind {
        /** The text ends before it can be told. */
        PARTIAL,
        /** No tag. */
        NONE,
        END_OF_SENTENCE,
        THINK,
        END_THINK,
        OPEN_CALLS,
        CLOSE_CALLS,
        OPEN_INVOKE,
        CLOSE_INVOKE,
        OPEN_PARAMETER,
        CLOSE_PARAMETER
    }

    /**
     * What is longer is no tag: bounds what is held back. Tool names have at most 64 characters and
     * argument names 1 KiB.
     */
    static final int MAX_CHARS = 1_200;

    private static final TagAttributes NO_ATTRIBUTES = TagAttributes.none();

    /** The tag at {@code at}, where a {@code <} stands. */
    static Tag at(StringBuilder text, int at) {
        Tag tag = controlToken(text, at);
        if (tag.kind == Kind.NONE) {
            tag = dsml(text, at);
        }
        boolean tooLong = tag.kind == Kind.PARTIAL && text.length() - at > MAX_CHARS;
        return tooLong ? none() : tag;
    }

    private static Tag controlToken(StringBuilder text, int at) {
        Kind[] kinds = {Kind.END_OF_SENTENCE, Kind.END_THINK, Kind.THINK};
        String[] tokens = {ControlTokens.END_OF_SENTENCE, ControlTokens.END_THINK, ControlTokens.THINK};
        boolean partial = false;
        for (int i = 0; i < kinds.length; i++) {
            int common = commonLength(text, at, tokens[i]);
            if (common == tokens[i].length()) {
                return new Tag(kinds[i], at + common, NO_ATTRIBUTES);
            }
            partial |= at + common == text.length();
        }
        return partial ? partial() : none();
    }

    private static Tag dsml(StringBuilder text, int at) {
        boolean closes = at + 1 < text.length() && text.charAt(at + 1) == '/';
        String start = closes ? Dsml.CLOSE : Dsml.OPEN;
        int common = commonLength(text, at, start);
        if (common < start.length()) {
            return at + common == text.length() ? partial() : none();
        }
        int nameAt = skipBlanks(text, at + common);
        boolean partial = false;
        for (String name : new String[] {Dsml.TOOL_CALLS, Dsml.INVOKE, Dsml.PARAMETER}) {
            int nameCommon = commonLength(text, nameAt, name);
            if (nameCommon == name.length()) {
                return named(text, nameAt + nameCommon, name, closes);
            }
            partial |= nameAt + nameCommon == text.length();
        }
        return partial ? partial() : none();
    }

    /** The rest of a tag whose name ends at {@code at}. */
    private static Tag named(StringBuilder text, int at, String name, boolean closes) {
        Kind kind = switch (name) {
            case Dsml.TOOL_CALLS -> closes ? Kind.CLOSE_CALLS : Kind.OPEN_CALLS;
            case Dsml.INVOKE -> closes ? Kind.CLOSE_INVOKE : Kind.OPEN_INVOKE;
            default -> closes ? Kind.CLOSE_PARAMETER : Kind.OPEN_PARAMETER;
        };
        int next = skipBlanks(text, at);
        if (next == text.length()) {
            return partial();
        }
        if (text.charAt(next) == '>') {
            return new Tag(kind, next + 1, NO_ATTRIBUTES);
        }
        if (kind != Kind.OPEN_INVOKE && kind != Kind.OPEN_PARAMETER) {
            return none();
        }
        int limit = Math.min(text.length(), at + MAX_CHARS);
        int lastInk = at;
        for (int i = next; i < limit; i++) {
            char c = text.charAt(i);
            // A name may hold a '>', so only one behind a quote ends the tag.
            if (c == '>' && text.charAt(lastInk) == '"') {
                String header = text.substring(at, lastInk + 1);
                boolean invoke = kind == Kind.OPEN_INVOKE;
                return new Tag(
                        kind, i + 1, invoke ? TagAttributes.ofInvoke(header) : TagAttributes.ofParameter(header));
            }
            if (!isBlank(c)) {
                lastInk = i;
            }
        }
        return limit == text.length() ? partial() : none();
    }

    private static Tag partial() {
        return new Tag(Kind.PARTIAL, 0, NO_ATTRIBUTES);
    }

    private static Tag none() {
        return new Tag(Kind.NONE, 0, NO_ATTRIBUTES);
    }

    /** How many leading characters of {@code token} stand at {@code at}. */
    private static int commonLength(StringBuilder text, int at, String token) {
        int limit = Math.min(token.length(), text.length() - at);
        int common = 0;
        while (common < limit && text.charAt(at + common) == token.charAt(common)) {
            common++;
        }
        return common;
    }

    private static int skipBlanks(StringBuilder text, int at) {
        int limit = Math.min(text.length(), at + MAX_CHARS);
        int next = at;
        while (next < limit && isBlank(text.charAt(next))) {
            next++;
        }
        return next;
    }

    /** White space as it may stand inside and between tags. */
    static boolean isBlank(char c) {
        return c == ' ' || c == '\n' || c == '\t' || c == '\r';
    }
}

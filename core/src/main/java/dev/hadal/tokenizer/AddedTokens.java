package dev.hadal.tokenizer;

/**
 * Recognises the added tokens of one pass in UTF-8 text (encoding.md 2, step 2): a trie over their bytes, leftmost and
 * then longest match. Contents are short, so the work per byte of text is bounded.
 */
final class AddedTokens {
    /** V4's longest has 40. */
    static final int MAX_CONTENT_BYTES = 256;

    private static final int ROOT = 0;

    private final PairTable edges;
    private final int[] idAtNode;
    private final int[] depthOfNode;
    private final boolean[] begins = new boolean[256];

    /** Receives the text between added tokens, bytes {@code from} (inclusive) to {@code to} (exclusive). */
    @FunctionalInterface
    interface TextBetween {
        /** Takes one stretch, which is not empty. */
        void accept(int from, int to);
    }

    /**
     * The tokens of one pass.
     *
     * @param file the file that lists them
     * @param normalized whether these are the tokens of the second pass
     */
    AddedTokens(TokenizerFile file, boolean normalized) {
        var tokens = file.added().stream()
                .filter(token -> token.normalized() == normalized)
                .toList();
        long totalBytes = 1;
        for (AddedToken token : tokens) {
            int bytes = Utf8.encode(token.content()).length;
            totalBytes += bytes;
            if (bytes > MAX_CONTENT_BYTES) {
                throw file.refuse("added token " + token.id() + " has " + bytes + " bytes, more than the "
                        + MAX_CONTENT_BYTES + " allowed");
            }
        }
        if (totalBytes > PairTable.LIMIT) {
            throw file.refuse("/added_tokens has more than " + PairTable.LIMIT + " bytes of content");
        }
        edges = new PairTable((int) totalBytes);
        idAtNode = new int[(int) totalBytes];
        depthOfNode = new int[(int) totalBytes];
        int nodes = 1;
        for (AddedToken token : tokens) {
            nodes = add(token, nodes);
        }
    }

    /** Adds one token and returns how many nodes there are now. */
    private int add(AddedToken token, int nodesBefore) {
        byte[] content = Utf8.encode(token.content());
        begins[content[0] & 0xFF] = true;
        int nodes = nodesBefore;
        int node = ROOT;
        for (byte b : content) {
            if (edges.add(node, b & 0xFF, nodes)) {
                nodes++;
            }
            node = edges.get(node, b & 0xFF);
        }
        idAtNode[node] = token.id();
        depthOfNode[node] = content.length;
        return nodes;
    }

    /**
     * Cuts a stretch of text at its added tokens.
     *
     * @param text valid UTF-8
     * @param from first byte of the stretch
     * @param to the byte after it
     * @param out receives the ids of the tokens found
     * @param between receives what lies between them, in order with the ids
     */
    void split(byte[] text, int from, int to, Encoding out, TextBetween between) {
        int pending = from;
        int at = from;
        while (at < to) {
            int node = begins[text[at] & 0xFF] ? longestAt(text, at, to, out) : ROOT;
            if (node == ROOT) {
                at++;
                continue;
            }
            if (pending < at) {
                between.accept(pending, at);
            }
            out.add(idAtNode[node]);
            at += depthOfNode[node];
            pending = at;
        }
        if (pending < to) {
            between.accept(pending, to);
        }
    }

    /** The node of the longest token that begins exactly here, or ROOT. */
    private int longestAt(byte[] text, int at, int to, Encoding out) {
        int longest = ROOT;
        int node = ROOT;
        for (int i = at; i < to; i++) {
            out.operations++;
            node = edges.get(node, text[i] & 0xFF);
            if (node == PairTable.NONE) {
                break;
            }
            if (depthOfNode[node] > 0) {
                longest = node;
            }
        }
        return longest;
    }
}

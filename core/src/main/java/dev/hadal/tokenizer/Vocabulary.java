package dev.hadal.tokenizer;

import java.util.Arrays;

/**
 * The bytes of every token, and the way back from bytes to the id of an ordinary token. Ids run from 0 without gaps.
 * Added tokens have bytes but cannot be found by them: that is what keeps text from becoming a control token.
 */
final class Vocabulary {
    static final int NONE = -1;

    private static final byte[] MISSING = {};

    private final byte[][] tokens;
    private final boolean[] added;
    private final int[] slots;
    private final int[] idOfByte = new int[256];

    /** Checks a file's tokens against each other and indexes them. */
    Vocabulary(TokenizerFile file) {
        int size = 0;
        for (TokenizerFile.Entry entry : file.entries()) {
            size = Math.max(size, entry.id() + 1);
        }
        for (AddedToken token : file.added()) {
            size = Math.max(size, token.id() + 1);
        }
        tokens = new byte[size][];
        Arrays.fill(tokens, MISSING);
        added = new boolean[size];
        slots = new int[Integer.highestOneBit(Math.max(size, 8)) << 2];
        Arrays.fill(slots, NONE);
        Arrays.fill(idOfByte, NONE);
        addAdded(file);
        addOrdinary(file);
        requireAddedApart(file);
        requireComplete(file);
    }

    private void addAdded(TokenizerFile file) {
        for (AddedToken token : file.added()) {
            if (added[token.id()]) {
                throw file.refuse("/added_tokens has id " + token.id() + " twice");
            }
            if (Utf8.unpairedSurrogate(token.content(), 0) >= 0) {
                throw file.refuse("added token " + token.id() + " contains an unpaired surrogate");
            }
            added[token.id()] = true;
            tokens[token.id()] = Utf8.encode(token.content());
        }
    }

    private void addOrdinary(TokenizerFile file) {
        for (TokenizerFile.Entry entry : file.entries()) {
            int id = entry.id();
            if (added[id]) {
                if (!Arrays.equals(tokens[id], Utf8.encode(entry.spelling()))) {
                    throw file.refuse(
                            "id " + id + " is an added token, but \"" + entry.spelling() + "\" in /model/vocab");
                }
                continue;
            }
            if (tokens[id].length > 0) {
                throw file.refuse("/model/vocab has id " + id + " twice");
            }
            byte[] bytes = ByteAlphabet.bytes(entry.spelling());
            if (bytes.length == 0) {
                throw file.refuse("\"" + entry.spelling() + "\" in /model/vocab is neither an added token"
                        + " nor spelled in the byte-level alphabet");
            }
            int slot = slot(bytes, 0, bytes.length);
            if (slots[slot] != NONE) {
                throw file.refuse("\"" + entry.spelling() + "\" is in /model/vocab twice");
            }
            slots[slot] = id;
            tokens[id] = bytes;
            if (bytes.length == 1) {
                idOfByte[bytes[0] & 0xFF] = id;
            }
        }
    }

    /** An added token that is also an ordinary one would have two ids, and text could become it. */
    private void requireAddedApart(TokenizerFile file) {
        for (AddedToken token : file.added()) {
            byte[] spelled = ByteAlphabet.bytes(token.content());
            int ordinary = find(spelled, 0, spelled.length);
            if (ordinary != NONE) {
                throw file.refuse("added token " + token.id() + " is also token " + ordinary + " of /model/vocab");
            }
        }
    }

    private void requireComplete(TokenizerFile file) {
        for (int value = 0; value < idOfByte.length; value++) {
            if (idOfByte[value] == NONE) {
                throw file.refuse("/model/vocab has no token for the single byte " + value);
            }
        }
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id].length == 0) {
                throw file.refuse("no token has id " + id + ", although there are higher ids");
            }
        }
    }

    int size() {
        return tokens.length;
    }

    boolean isAdded(int id) {
        return id >= 0 && id < added.length && added[id];
    }

    /**
     * The bytes of a token; shared, not to be changed.
     *
     * @throws TokenizerException if there is no such id
     */
    byte[] bytes(int id) {
        if (id < 0 || id >= tokens.length) {
            throw new TokenizerException(
                    "there is no token " + id + ": the ids of this tokenizer are 0 to " + (tokens.length - 1));
        }
        return tokens[id];
    }

    int idOfByte(byte value) {
        return idOfByte[value & 0xFF];
    }

    /** The id of the ordinary token with exactly these bytes, or {@link #NONE}. */
    int find(byte[] text, int from, int to) {
        return slots[slot(text, from, to)];
    }

    /** The slot that holds these bytes, or the empty one where they belong. */
    private int slot(byte[] text, int from, int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + text[i];
        }
        int slot = (hash * 0x9E37_79B9) >>> Integer.numberOfLeadingZeros(slots.length - 1);
        while (slots[slot] != NONE) {
            byte[] token = tokens[slots[slot]];
            if (Arrays.equals(token, 0, token.length, text, from, to)) {
                break;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }
}

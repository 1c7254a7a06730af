package dev.hadal.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Text to token ids and back, as defined by a {@code tokenizer.json} with V4's structure (encoding.md 1-3). Any other
 * structure is refused, because it would give other ids. Adds no token of its own, neither at the beginning nor at the
 * end. Safe for use by many threads.
 */
public final class Tokenizer {
    /** What happens to the contents of added tokens ("control tokens") inside text (encoding.md 2.3). */
    public enum Mode {
        /** They are recognised anywhere, as the reference does: only for trusted text. */
        PARSE,
        /** They stay characters. */
        PLAIN
    }

    private final String origin;
    private final Vocabulary vocabulary;
    private final Bpe bpe;
    private final AddedTokens firstPass;
    private final AddedTokens secondPass;
    private final Map<String, Integer> idOfControl = new HashMap<>();

    private Tokenizer(TokenizerFile file) {
        origin = file.origin();
        vocabulary = new Vocabulary(file);
        bpe = new Bpe(file, vocabulary);
        for (AddedToken token : file.added()) {
            if (idOfControl.put(token.content(), token.id()) != null) {
                throw file.refuse("/added_tokens has \"" + token.content() + "\" twice");
            }
        }
        firstPass = new AddedTokens(file, false);
        secondPass = new AddedTokens(file, true);
    }

    /**
     * Loads a tokenizer.
     *
     * @param tokenizerJson the file, at most 64 MiB
     * @throws TokenizerException if it cannot be read or is not a tokenizer of V4's structure; names the file and what
     *     is wrong in it
     */
    public static Tokenizer load(Path tokenizerJson) {
        String origin = tokenizerJson.toString();
        try (InputStream in = Files.newInputStream(tokenizerJson)) {
            TokenizerFileReader.requireAllowedSize(Files.size(tokenizerJson), origin);
            // The size may have been wrong: one byte more than allowed is enough to notice.
            return parse(in.readNBytes(TokenizerFileReader.MAX_FILE_BYTES + 1), origin);
        } catch (NoSuchFileException e) {
            throw new TokenizerException(TokenizerFile.message(origin, "no such file"), e);
        } catch (IOException e) {
            throw new TokenizerException(TokenizerFile.message(origin, "cannot be read: " + e.getMessage()), e);
        }
    }

    /**
     * Makes a tokenizer from a file's content.
     *
     * @param json UTF-8 text, at most 64 MiB
     * @param origin the file's name in messages
     * @throws TokenizerException if it is not a tokenizer of V4's structure
     */
    public static Tokenizer parse(byte[] json, String origin) {
        return new Tokenizer(TokenizerFileReader.read(json, origin));
    }

    /**
     * The ids of a text, in which unpaired surrogates count as U+FFFD.
     *
     * @param text any string
     * @param mode whether added tokens are recognised in it
     */
    public int[] encode(String text, Mode mode) {
        return encoding(text, mode).ids();
    }

    /**
     * The ids of a prompt in which only {@link Segment.Control} segments become control tokens (encoding.md 12).
     * Neighbouring texts are joined before they are cut into pieces, so how a text is divided does not matter.
     *
     * @param segments the prompt in order
     * @throws TokenizerException if a control segment is no added token of this tokenizer
     */
    public int[] encode(List<Segment> segments) {
        var out = new Encoding(0);
        var run = new StringBuilder();
        for (Segment segment : segments) {
            switch (segment) {
                case Segment.Text(String text) -> run.append(text);
                case Segment.Control(String content) -> {
                    encode(run.toString(), Mode.PLAIN, out);
                    run.setLength(0);
                    out.add(requireControl(content));
                }
            }
        }
        encode(run.toString(), Mode.PLAIN, out);
        return out.ids();
    }

    /**
     * The ids that the reference gives for the same prompt: everything joined, added tokens recognised wherever they
     * are. Untrusted text can forge control tokens here; for comparisons only.
     *
     * @param segments the prompt in order
     */
    public int[] encodeParity(List<Segment> segments) {
        var prompt = new StringBuilder();
        for (Segment segment : segments) {
            prompt.append(segment.text());
        }
        return encode(prompt.toString(), Mode.PARSE);
    }

    /** The highest id plus one; every id below it exists. */
    public int vocabularySize() {
        return vocabulary.size();
    }

    /**
     * The id of an added token.
     *
     * @param content its exact content
     */
    public OptionalInt controlId(String content) {
        Integer id = idOfControl.get(content);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** Whether an id is an added token's; false for ids that do not exist. */
    public boolean isControl(int id) {
        return vocabulary.isAdded(id);
    }

    /**
     * The UTF-8 bytes that a token stands for, which need not be whole characters.
     *
     * @param id an id of this tokenizer
     * @return a copy
     * @throws TokenizerException if there is no such id
     */
    public byte[] bytes(int id) {
        return vocabulary.bytes(id).clone();
    }

    /**
     * The text of some ids, control tokens included; invalid UTF-8 becomes U+FFFD as in {@link StreamDecoder}.
     *
     * @param ids ids of this tokenizer
     * @throws TokenizerException if one of them does not exist
     */
    public String decode(int[] ids) {
        var decoder = streamDecoder();
        var text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.accept(id));
        }
        return text.append(decoder.finish()).toString();
    }

    /** A decoder for one stream of ids. */
    public StreamDecoder streamDecoder() {
        return new StreamDecoder(vocabulary);
    }

    /** Encodes and tells what it took. */
    Encoding encoding(String text, Mode mode) {
        var out = new Encoding(text.length());
        encode(text, mode, out);
        return out;
    }

    private void encode(String text, Mode mode, Encoding out) {
        byte[] utf8 = Utf8.encode(text);
        switch (mode) {
            case PARSE -> encodeFirstPass(utf8, out);
            case PLAIN -> encodePlain(utf8, 0, utf8.length, out);
        }
    }

    private void encodeFirstPass(byte[] text, Encoding out) {
        firstPass.split(text, 0, text.length, out, (from, to) -> encodeSecondPass(text, from, to, out));
    }

    private void encodeSecondPass(byte[] text, int begin, int end, Encoding out) {
        secondPass.split(text, begin, end, out, (from, to) -> encodePlain(text, from, to, out));
    }

    private void encodePlain(byte[] text, int from, int to, Encoding out) {
        var pieces = new PreSplitter(text, from, to);
        while (pieces.next()) {
            bpe.encode(text, pieces.start(), pieces.end(), out);
        }
        out.operations += pieces.examined();
    }

    private int requireControl(String content) {
        return controlId(content)
                .orElseThrow(() -> new TokenizerException("\"" + content + "\" is no added token of " + origin
                        + "; use text segments for everything else"));
    }
}

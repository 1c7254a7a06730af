/**
 * Text to token ids and back (encoding.md 1-3 and 12).
 *
 * <p>Reading order: {@link dev.hadal.tokenizer.Tokenizer} is the public face; {@code TokenizerFile} reads the file;
 * {@code AddedTokens}, {@code PreSplitter} and {@code Bpe} are the three stages from text to ids over a
 * {@code Vocabulary}; {@link dev.hadal.tokenizer.StreamDecoder} is the way back.
 */
package dev.hadal.tokenizer;

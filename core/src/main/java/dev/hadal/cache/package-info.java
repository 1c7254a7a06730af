/**
 * What is remembered between requests: prefixes of token ids, with the model's state at some of their positions. Read
 * {@link dev.hadal.cache.PrefixTree} first. It knows models only as {@link dev.hadal.model.SequenceState}, and requests
 * not at all.
 */
package dev.hadal.cache;

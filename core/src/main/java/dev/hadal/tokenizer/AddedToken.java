package dev.hadal.tokenizer;

/**
 * One entry of {@code added_tokens}.
 *
 * @param id its token id
 * @param content the text it stands for, never empty
 * @param normalized whether it is recognised in the second pass rather than the first (encoding.md 2, step 2)
 */
record AddedToken(int id, String content, boolean normalized) {}

/**
 * Answers from rules instead of weights: a server for other people's tests. A {@code Script} is read from a file, a
 * {@code ScriptedModel} gives each token that its rules ask for all the probability, and everything else, from the
 * rendering of the prompt to the dialects, is what real weights get.
 */
@org.jspecify.annotations.NullMarked
package dev.hadal.server.script;

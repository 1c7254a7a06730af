/**
 * The contract between whoever schedules work and a model: rows in, logits out. A row is one token of one sequence at
 * one position; the model knows rows, never requests.
 */
package dev.hadal.model;

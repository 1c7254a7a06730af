/** The paper, in reading order: configuration, weights, forward pass. */
package dev.hadal.model.v4;

/** Measures a model on this machine, and the machine's own limits. */
package dev.hadal.cli.bench;

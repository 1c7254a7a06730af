/**
 * The command {@code hadal}. {@link dev.hadal.cli.Main} finds the command and turns failures into one sentence and an
 * exit code; each command is one class that decides what to do; {@link dev.hadal.cli.Terminal} alone draws.
 */
package dev.hadal.cli;

/** Anthropic's Messages as DeepSeek speaks them. */
package dev.hadal.server.anthropic;

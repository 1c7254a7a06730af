package dev.hadal.server.api;

import dev.hadal.ChatBackend;
import dev.hadal.chat.ThinkingMode;

/**
 * Where the name in a request leads to.
 *
 * @param name the name that replies tell
 * @param backend what answers
 * @param mode the mode if the request says nothing: that of a retired name, otherwise thinking
 */
public record ModelChoice(String name, ChatBackend backend, ThinkingMode mode) {}

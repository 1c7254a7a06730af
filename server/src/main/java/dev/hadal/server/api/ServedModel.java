package dev.hadal.server.api;

import dev.hadal.ChatBackend;

/**
 * A model under the name that requests and replies use.
 *
 * @param name the name
 * @param backend what answers
 */
public record ServedModel(String name, ChatBackend backend) {}

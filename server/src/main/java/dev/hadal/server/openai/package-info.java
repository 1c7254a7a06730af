/** OpenAI's dialects as DeepSeek speaks them: Chat Completions, completions, Responses, models, balance. */
package dev.hadal.server.openai;

/**
 * DeepSeek-V4's conversation format (encoding.md 4 to 15): conversations to prompts, completions to
 * messages.
 *
 * <p>Reading order: {@link dev.hadal.chat.Message} and {@link dev.hadal.chat.Conversation}, the
 * neutral records; {@link dev.hadal.chat.V4PromptEncoder} with {@code Turns} and
 * {@link dev.hadal.chat.Dsml}, the way in; {@link dev.hadal.chat.CompletionParser} and
 * {@link dev.hadal.chat.ChatEvent}, the way out; {@link dev.hadal.chat.PythonJson}, the spelling of
 * JSON the model was trained on; {@link dev.hadal.chat.ChatRequestReader}, requests of clients.
 */
@NullMarked
package dev.hadal.chat;

import org.jspecify.annotations.NullMarked;

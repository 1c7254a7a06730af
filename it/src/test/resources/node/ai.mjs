import assert from 'node:assert/strict';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';

const provider = createOpenAICompatible({ name: 'hadal', baseURL: process.argv[2], apiKey: 'none', includeUsage: true });
const model = provider('deepseek-v4-flash');

const whole = await generateText({ model, prompt: 'I am Ada', maxRetries: 0 });
assert.equal(whole.text, 'Hello, Ada!');
assert.equal(whole.reasoningText, 'Somebody is called Ada.');
assert.equal(whole.finishReason, 'stop');

const streamed = streamText({ model, prompt: 'I am Ada', maxRetries: 0 });
let text = '';
for await (const piece of streamed.textStream) text += piece;
assert.equal(text, 'Hello, Ada!');
assert.equal(await streamed.reasoningText, 'Somebody is called Ada.');
assert.equal((await streamed.usage).outputTokens, whole.usage.outputTokens);

const tools = { get_weather: tool({ description: 'The weather in a city.', inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `${city.length + 13} degrees` }) };
const looped = await generateText({ model, tools, stopWhen: stepCountIs(5), maxRetries: 0,
  prompt: 'What is the weather in Paris?' });
assert.equal(looped.steps.length, 2);
assert.equal(looped.text, 'It is 18 degrees.');

await assert.rejects(generateText({ model: provider('unknown'), prompt: 'Hi', maxRetries: 0 }));
await assert.rejects(generateText({ model, prompt: 'Please break', maxRetries: 0 }));
assert.equal((await generateText({ model, prompt: 'cut', maxRetries: 0 })).finishReason, 'length');

import assert from 'node:assert/strict';
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: process.argv[2], apiKey: 'none', maxRetries: 0 });
const model = 'deepseek-v4-flash';
const ask = (content, more) => client.chat.completions.create({ model, messages: [{ role: 'user', content }], ...more });

const whole = await ask('I am Ada');
assert.equal(whole.choices[0].message.content, 'Hello, Ada!');
assert.equal(whole.choices[0].message.reasoning_content, 'Somebody is called Ada.');
assert.equal(whole.choices[0].finish_reason, 'stop');

let content = '';
let reasoning = '';
let usage;
for await (const chunk of await ask('I am Ada', { stream: true, stream_options: { include_usage: true } })) {
  content += chunk.choices[0]?.delta.content ?? '';
  reasoning += chunk.choices[0]?.delta.reasoning_content ?? '';
  usage = chunk.usage ?? usage;
}
assert.equal(content, 'Hello, Ada!');
assert.equal(reasoning, 'Somebody is called Ada.');
assert.equal(usage.completion_tokens, whole.usage.completion_tokens);

const tools = [{ type: 'function', function: { name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } } } }];
const messages = [{ role: 'user', content: 'What is the weather in Paris?' }];
for (let turn = 0; turn < 3; turn++) {
  const calling = await client.chat.completions.create({ model, messages, tools });
  const call = calling.choices[0].message.tool_calls[0];
  assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Paris', days: 2 });
  messages.push(calling.choices[0].message, { role: 'tool', tool_call_id: call.id, content: `${17 + turn} degrees` });
  const answer = await client.chat.completions.create({ model, messages, tools });
  assert.equal(answer.choices[0].message.content, `It is ${17 + turn} degrees.`);
  messages.push(answer.choices[0].message, { role: 'user', content: 'And the weather tomorrow?' });
}

await assert.rejects(ask('Hi', { model: 'unknown' }), OpenAI.BadRequestError);
await assert.rejects(ask('Please break'), OpenAI.InternalServerError);
await assert.rejects(async () => {
  for await (const _ of await ask('Please break', { stream: true }));
}, OpenAI.APIError);
assert.equal((await ask('cut')).choices[0].finish_reason, 'length');
const names = (await client.models.list()).data.map((one) => one.id);
assert.ok(names.includes(model), names.join());

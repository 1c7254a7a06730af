import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({ baseURL: process.argv[2], apiKey: 'none', maxRetries: 0 });
const base = { model: 'deepseek-v4-flash', max_tokens: 1000 };
const ask = (content, more) => client.messages.create({ ...base, messages: [{ role: 'user', content }], ...more });
const text = (message) => message.content.filter((block) => block.type === 'text').map((block) => block.text).join('');
const thinking = (message) =>
  message.content.filter((block) => block.type === 'thinking').map((block) => block.thinking).join('');

const whole = await ask('I am Ada');
assert.equal(text(whole), 'Hello, Ada!');
assert.equal(thinking(whole), 'Somebody is called Ada.');
assert.equal(whole.stop_reason, 'end_turn');
assert.equal(thinking(await ask('I am Ada', { thinking: { type: 'disabled' } })), '');

const streamed = await client.messages.stream({ ...base, messages: [{ role: 'user', content: 'I am Ada' }] }).finalMessage();
assert.equal(text(streamed), 'Hello, Ada!');
assert.equal(thinking(streamed), 'Somebody is called Ada.');
assert.equal(streamed.usage.output_tokens, whole.usage.output_tokens);

const tools = [{ name: 'get_weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } }];
const messages = [{ role: 'user', content: 'What is the weather in Paris?' }];
for (let turn = 0; turn < 3; turn++) {
  const calling = await client.messages.create({ ...base, messages, tools });
  assert.equal(calling.stop_reason, 'tool_use');
  const call = calling.content.find((block) => block.type === 'tool_use');
  assert.deepEqual(call.input, { city: 'Paris', days: 2 });
  messages.push({ role: 'assistant', content: calling.content }, { role: 'user', content: [
    { type: 'tool_result', tool_use_id: call.id, content: `${17 + turn} degrees` }] });
  const answer = await client.messages.create({ ...base, messages, tools });
  assert.equal(text(answer), `It is ${17 + turn} degrees.`);
  messages.push({ role: 'assistant', content: answer.content }, { role: 'user', content: 'And the weather tomorrow?' });
}

await assert.rejects(ask('Hi', { model: 'unknown' }), Anthropic.BadRequestError);
await assert.rejects(client.messages.stream({ ...base, messages: [{ role: 'user', content: 'Please break' }] })
  .finalMessage(), Anthropic.APIError);
assert.equal((await ask('cut')).stop_reason, 'max_tokens');

const counted = await client.messages.countTokens({ model: base.model, messages: [{ role: 'user', content: 'Counted' }] });
const charged = (await ask('Counted')).usage;
assert.equal(counted.input_tokens, charged.input_tokens + charged.cache_read_input_tokens);

// Lets both clients wait for an answer, streamed and not, and prints how each fared: a line of columns with tabs between.
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const [address, longer] = [process.argv[2], Number(process.argv[3])];
const model = 'deepseek-v4-flash';
const asked = (content) => ({ model, messages: [{ role: 'user', content }] });
const ask = asked('Say it when it is time.');
const fail = asked('Fail when it is time.');
const noRetries = { apiKey: 'none', maxRetries: 0 };

const openai = (options) => new OpenAI({ baseURL: `${address}/v1`, ...noRetries, ...options });
const anthropic = (options) => new Anthropic({ baseURL: `${address}/anthropic`, ...noRetries, ...options });

async function chat(options, body) {
  let text = '';
  for await (const chunk of await openai(options).chat.completions.create({ ...body, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  return text;
}

async function respond(options) {
  let text = '';
  const input = ask.messages[0].content;
  for await (const event of await openai(options).responses.create({ model, input, stream: true })) {
    if (event.type === 'response.output_text.delta') text += event.delta;
  }
  return text;
}

async function message(options, body) {
  let text = '';
  for await (const event of await anthropic(options).messages.create({ ...body, max_tokens: 1000, stream: true })) {
    if (event.delta?.type === 'text_delta') text += event.delta.text;
  }
  return text;
}

const clients = {
  'openai, Chat Completions': {
    whole: async (options) => (await openai(options).chat.completions.create(ask)).choices[0].message.content,
    streamed: (options) => chat(options, ask),
    failing: (options) => chat(options, fail),
  },
  'openai, Responses': {
    whole: async (options) =>
      (await openai(options).responses.create({ model, input: ask.messages[0].content })).output_text,
    streamed: respond,
  },
  '@anthropic-ai/sdk, Messages': {
    whole: async (options) => {
      const whole = await anthropic(options).messages.create({ ...ask, max_tokens: 1000 });
      return whole.content.filter((block) => block.type === 'text').map((block) => block.text).join('');
    },
    streamed: (options) => message(options, ask),
    failing: (options) => message(options, fail),
  },
};

const waiting = [];
for (const [name, forms] of Object.entries(clients)) {
  for (const [form, wait] of Object.entries(forms)) {
    for (const [deadline, options] of [['its own', {}], ['longer', { timeout: longer }]]) {
      waiting.push((async () => {
        const began = performance.now();
        const result = await wait(options).catch((e) => `${e?.constructor?.name}: ${e?.message} ${e?.cause ?? ''}`);
        const seconds = ((performance.now() - began) / 1000).toFixed(1);
        console.log([`npm ${name}`, form, deadline, seconds, result.replace(/\s+/g, ' ')].join('\t'));
      })());
    }
  }
}
await Promise.all(waiting);

// node openai_node.mjs NODE_MODULES PORT: throws what is wrong.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, port] = process.argv.slice(2);
const { default: OpenAI } = await import(pathToFileURL(createRequire(modules + "/").resolve("openai")).href);
const client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: "none", maxRetries: 0 });
const ask = { model: "minnow-home", temperature: 0, messages: [{ role: "user", content: "switch off the light over the sofa" }] };

const whole = await client.chat.completions.create(ask);
assert.match(whole.choices[0].message.content, /HassTurnOff/);
let text = "";
for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) {
  text += chunk.choices[0]?.delta?.content ?? "";
}
assert.equal(text, whole.choices[0].message.content);

const parameters = { type: "object", properties: { on: { type: "boolean" } }, required: ["on"], additionalProperties: false };
const stream = client.chat.completions.stream({
  ...ask, tools: [{ type: "function", function: { name: "set_light", parameters } }], tool_choice: "required" });
const message = await stream.finalMessage();
assert.equal(message.tool_calls[0].function.name, "set_light");
assert.equal(typeof JSON.parse(message.tool_calls[0].function.arguments).on, "boolean");

const response = await client.responses.create({ model: "minnow-home", input: "what time is it", temperature: 0 });
assert.ok(response.output_text.length > 0);
const vectors = await client.embeddings.create({ model: "minnow-home", input: "a lamp" });
assert.ok(vectors.data[0].embedding.length > 8);
await assert.rejects(client.chat.completions.create({ ...ask, model: "other" }), OpenAI.NotFoundError);
await assert.rejects(client.chat.completions.create({ ...ask, temperature: -1 }), OpenAI.BadRequestError);

// Leaving in the middle is not an error of the server.
const left = await client.completions.create({ model: "minnow-home", prompt: "a", stream: true, n: 2 });
for await (const _ of left) break;
assert.equal((await client.models.list()).data[0].id, "minnow-home");

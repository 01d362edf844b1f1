"use strict";
// Talks to the server it came from and to nobody else. The conversation lives in this page only.

const at = (id) => document.getElementById(id);
const messages = [];
let writing = null;  // what stops the answer in progress

const headers = () => {
  const key = sessionStorage.getItem("key");
  return key ? { Authorization: "Bearer " + key } : {};
};

// A reply that is fine; asks for a key where one is missing.
async function request(path, options = {}) {
  const reply = await fetch(path, { ...options, headers: { ...options.headers, ...headers() } });
  at("door").hidden = reply.status !== 401;
  if (reply.ok) return reply;
  const body = await reply.json().catch(() => null);
  throw new Error(body?.error?.message ?? "the server says " + reply.status);
}

function addTurn(role, text) {
  const turn = document.createElement("li");
  turn.className = role;
  turn.textContent = text;
  at("turns").append(turn);
  turn.scrollIntoView({ block: "end" });
  return turn;
}

// The events of a stream, one object after another.
async function* events(reply) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    held += value;
    const parts = held.split("\n\n");
    held = parts.pop();
    for (const part of parts) {
      if (part.startsWith("data: {")) yield JSON.parse(part.slice(6));
    }
  }
}

function body() {
  const system = at("system").value.trim();
  const temperature = at("temperature").value;
  return JSON.stringify({
    model: at("model").value,
    messages: system ? [{ role: "system", content: system }, ...messages] : messages,
    stream: true, stream_options: { include_usage: true },
    ...(temperature === "" ? {} : { temperature: Number(temperature) }),
  });
}

function showAnswer(begun, first, usage) {
  const seconds = (performance.now() - first) / 1000;
  show("answer", [
    ["first token", first ? duration(first - begun) : "…"],
    ["tokens/s", usage && seconds > 0 ? (usage.completion_tokens / seconds).toFixed(1) : "…"],
    ["prompt", usage ? usage.prompt_tokens + " tokens" : "…"],
    ["found in cache", usage ? usage.prompt_tokens_details.cached_tokens + " tokens" : "…"],
    ["answer", usage ? usage.completion_tokens + " tokens" : "…"],
  ]);
}

async function answer(turn) {
  const begun = performance.now();
  let first = 0, text = "";
  writing = new AbortController();
  const reply = await request("/v1/chat/completions", {
    method: "POST", body: body(), signal: writing.signal, headers: { "Content-Type": "application/json" } });
  for await (const event of events(reply)) {
    if (event.error) throw new Error(event.error.message);
    if (event.usage) showAnswer(begun, first, event.usage);
    const delta = event.choices?.[0]?.delta?.content;
    if (!delta) continue;
    if (!first) showAnswer(begun, first = performance.now());
    if (text === "") messages.push({ role: "assistant", content: "" });
    text += delta;
    messages.at(-1).content = text;
    turn.textContent = text;
    turn.scrollIntoView({ block: "end" });
  }
}

async function ask(question) {
  addTurn("user", question);
  messages.push({ role: "user", content: question });
  const turn = addTurn("assistant writing", "");
  at("send").hidden = true;
  at("stop").hidden = false;
  try {
    await answer(turn);
  } catch (error) {
    if (error.name !== "AbortError") {
      turn.classList.add("wrong");
      turn.textContent += (turn.textContent ? "\n" : "") + error.message;
    }
    if (messages.at(-1).role === "user") messages.pop();  // as if it had not been asked
  } finally {
    writing = null;
    turn.classList.remove("writing");
    at("send").hidden = false;
    at("stop").hidden = true;
  }
}

function show(id, rows) {
  at(id).replaceChildren(...rows.flatMap(([name, value]) => {
    const term = document.createElement("dt"), data = document.createElement("dd");
    term.textContent = name;
    data.textContent = value;
    return [term, data];
  }));
}

const duration = (ms) => ms < 1000 ? Math.round(ms) + " ms" : (ms / 1000).toFixed(1) + " s";
const size = (bytes) => bytes < 1e9 ? Math.round(bytes / 1e6) + " MB" : (bytes / 1e9).toFixed(2) + " GB";

// Sums of Prometheus' lines by name, whatever their labels.
function parseMetrics(text) {
  const sums = {};
  for (const line of text.split("\n")) {
    const found = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!found) continue;
    const name = found[2]?.includes('token_type="output"') ? found[1] + "_output" : found[1];
    sums[name] = (sums[name] ?? 0) + Number(found[3]);
  }
  return sums;
}

let before = null;
async function refresh() {
  if (document.hidden) return;
  const now = { ...parseMetrics(await (await request("/metrics")).text()), at: performance.now() };
  const seconds = before ? (now.at - before.at) / 1000 : 0;
  const grown = (name) => before ? (now[name] ?? 0) - (before[name] ?? 0) : 0;
  const firsts = now.gen_ai_server_time_to_first_token_seconds_count;
  const rows = [
    ["tokens/s, prompts and answers", seconds ? (grown("minnow_evaluated_tokens_total") / seconds).toFixed(0) : "…"],
    ["answering", now.minnow_requests_running ?? 0],
    ["waiting", now.minnow_requests_waiting ?? 0],
    ["first token, on average", firsts ? duration(1000 * now.gen_ai_server_time_to_first_token_seconds_sum / firsts) : "…"],
    ["cached tokens", now.minnow_kv_cache_tokens ?? 0],
    ["memory", size(now.process_resident_memory_bytes ?? 0)],
  ];
  if ("minnow_temperature_celsius" in now) rows.push(["temperature", now.minnow_temperature_celsius.toFixed(0) + " °C"]);
  show("board", rows);
  before = now;
}

async function listModels() {
  const list = await (await request("/v1/models")).json();
  at("model").replaceChildren(...list.data.map((model) => new Option(model.id, model.id)));
}

const quietly = (promise) => promise.catch(() => {});  // the next one may do better

at("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = at("question").value.trim();
  if (!question || writing) return;
  at("question").value = "";
  ask(question);
});
at("question").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    at("ask").requestSubmit();
  }
});
at("stop").addEventListener("click", () => writing?.abort());
at("clear").addEventListener("click", () => {
  writing?.abort();
  messages.length = 0;
  at("turns").replaceChildren();
  at("question").focus();
});
at("door").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("key", at("key").value);
  quietly(listModels());
});

quietly(listModels());
quietly(refresh());
setInterval(() => quietly(refresh()), 1000);

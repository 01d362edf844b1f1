// One measurement of llama.cpp, through the build that npm's node-llama-cpp carries, as one JSON object on stdout.
//
//   node llama_cpp.mjs NODE_MODULES MODEL.gguf THREADS PROMPT_TOKENS DECODE_TOKENS
//
// The same work as `minnow bench -r 1`: a prompt of the same tokens, unmeasured once and then measured, and greedy
// decoding after it.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [nodeModules, modelPath, ...numbers] = process.argv.slice(2);
const [threads, promptTokens, decodeTokens] = numbers.map(Number);
const entry = createRequire(nodeModules + "/").resolve("node-llama-cpp");
const { getLlama, LlamaLogLevel } = await import(pathToFileURL(entry).href);

const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: threads });
const loading = performance.now();
const model = await llama.loadModel({ modelPath });
const loadMs = performance.now() - loading;
const context = await model.createContext({
  contextSize: promptTokens + decodeTokens + 8, batchSize: 512, threads: { ideal: threads, min: threads } });
const sequence = context.getSequence();
const vocabulary = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
const prompt = Array.from({ length: promptTokens }, (_, i) => (100 + i * 7919) % vocabulary);

async function prefill() {
  await sequence.clearHistory();
  const start = performance.now();
  await sequence.evaluateWithoutGeneratingNewTokens(prompt);
  return (performance.now() - start) / 1000;
}

// The first token is evaluated with what starts the generation, so that time begins with it.
async function decode() {
  let start = 0, n = 0;
  for await (const _ of sequence.evaluate([5], { temperature: 0, yieldEogTokens: true })) {
    if (n === 0) start = performance.now();
    if (n === decodeTokens) break;
    ++n;
  }
  return { n, seconds: (performance.now() - start) / 1000 };
}

await prefill();
const prefillSeconds = await prefill();
const positions = sequence.nextTokenIndex;
const decoded = await decode();
console.log(JSON.stringify({
  system: llama.systemInfo, threads: context.currentThreads, prompt_tokens: positions, decode_tokens: decoded.n, load_ms: loadMs,
  prefill_tokens_per_s: positions / prefillSeconds, decode_tokens_per_s: decoded.n / decoded.seconds,
  peak_rss_bytes: process.resourceUsage().maxRSS * 1024 }));
process.exit(0);

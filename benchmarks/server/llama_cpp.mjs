// The same crowd on llama.cpp, through the build that npm's node-llama-cpp carries, as one JSON object on stdout.
//
//   node llama_cpp.mjs NODE_MODULES WORK.json
//
// WORK.json: {"model", "threads", "sequences", "context", "clients", "schema", "requests": [{"system", "user", "max_tokens"}…]}.
// The library batches what its sequences ask for, as llama.cpp's server does, without HTTP between.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [nodeModules, workFile] = process.argv.slice(2);
const work = JSON.parse(readFileSync(workFile));
const entry = createRequire(nodeModules + "/").resolve("node-llama-cpp");
const { getLlama, LlamaLogLevel, LlamaCompletion } = await import(pathToFileURL(entry).href);
const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: work.threads });
const model = await llama.loadModel({ modelPath: work.model });
const context = await model.createContext({
  sequences: work.sequences, contextSize: work.context, batchSize: 512,
  threads: { ideal: work.threads, min: work.threads } });
const grammar = work.schema ? await llama.createGrammarForJsonSchema(work.schema) : undefined;

const results = [];
const free = Array.from({ length: work.sequences }, () => context.getSequence());
const waiting = [];
const take = () => free.length > 0 ? Promise.resolve(free.pop()) : new Promise((resolve) => waiting.push(resolve));
const give = (sequence) => waiting.length > 0 ? waiting.shift()(sequence) : free.push(sequence);

let next = 0;
async function client() {
  while (next < work.requests.length) {
    const request = work.requests[next++];
    const begun = performance.now();
    const sequence = await take();
    const completion = new LlamaCompletion({ contextSequence: sequence });
    let first = 0, n = 0;
    const prompt = `<|start_header_id|>system<|end_header_id|>\n\n${request.system}<|eot_id|><|start_header_id|>user` +
      `<|end_header_id|>\n\n${request.user}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n`;
    await completion.generateCompletion(prompt, {
      grammar, maxTokens: request.max_tokens, temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05,
      onToken(tokens) { n += tokens.length; if (first === 0) first = performance.now() - begun; } });
    completion.dispose({ disposeSequence: false });
    give(sequence);
    results.push([first / 1000, (performance.now() - begun) / 1000, n]);
  }
}

const begun = performance.now();
await Promise.all(Array.from({ length: work.clients }, client));
console.log(JSON.stringify({ results, seconds: (performance.now() - begun) / 1000 }));
process.exit(0);

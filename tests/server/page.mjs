// Uses the page in a headless browser: node page.mjs NODE_MODULES CHROMIUM PORT [SCREENSHOT…]. Prints what it saw as JSON.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [nodeModules, executablePath, port, wide, narrow] = process.argv.slice(2);
const entry = createRequire(nodeModules + "/").resolve("puppeteer-core");
const { default: puppeteer } = await import(pathToFileURL(entry).href);
const browser = await puppeteer.launch({ executablePath, headless: true, args: ["--no-sandbox"] });
const page = await browser.newPage();
const errors = [], elsewhere = [];
page.on("pageerror", (error) => errors.push(String(error)));
page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
const home = `http://127.0.0.1:${port}`;
page.on("request", (request) => {
  const url = request.url();
  if (!url.startsWith(home + "/") && !url.startsWith("data:")) elsewhere.push(url);
});

const lastTurn = () => page.$eval("#turns li:last-child", (turn) => ({ kind: turn.className, text: turn.textContent }));
async function ask(text) {
  await page.type("#question", text);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#turns li:last-child.assistant:not(.writing)"), { timeout: 60000 });
  return lastTurn();
}

await page.setViewport({ width: 1100, height: 680 });
await page.goto(home + "/");
await page.waitForSelector("#model option");
const first = await ask("switch off the light over the sofa");
const second = await ask("set the bedroom to 21 degrees");
await page.waitForFunction(() => document.querySelectorAll("#board dd").length >= 6, { timeout: 10000 });
await new Promise((resolve) => setTimeout(resolve, 1200));
const board = await page.$$eval("#board dt", (terms) => terms.map((term) => term.textContent));
const answer = await page.$$eval("#answer dd", (data) => data.map((value) => value.textContent));
if (wide) await page.screenshot({ path: wide });
if (narrow) {
  await page.setViewport({ width: 390, height: 760 });
  await page.screenshot({ path: narrow });
}
await page.click("#clear");
const left = await page.$$eval("#turns li", (turns) => turns.length);
console.log(JSON.stringify({ first, second, board, answer, left, errors, elsewhere }));
await browser.close();

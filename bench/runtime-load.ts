/**
 * Measures the runtimes and prints the results as JSON. It is a separate program, because the parts of the benchmark are synchronous.
 * `runtime-load.js DIRECTORY`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { type Contender, contenders, PROXY, startContender } from "./runtime-servers.js";

const STARTS = 11;
const ROUNDS = 5;
const REQUESTS = 200; // per round
const LONG = 10_000;
const WARM_UP = 500;

export interface RuntimeFigures {
  /** Time of each round in milliseconds, by name. */
  readonly starts: Readonly<Record<string, readonly number[]>>;
  /** Time per request of each round in milliseconds, by name. */
  readonly requests: Readonly<Record<string, readonly number[]>>;
  readonly long: {
    readonly runs: number;
    /** kB of resident memory, after the warm-up and after all runs. */
    readonly before: number;
    readonly after: number;
    /** Processes of the runs that remain afterwards, including zombies. */
    readonly left: number;
    readonly milliseconds: number;
  };
}

const BODY = JSON.stringify({ context: {}, payload: { a: 1 }, value: { a: 1 } });

async function ask(url: string): Promise<void> {
  const response = await fetch(url, { method: "POST", body: BODY });
  const text = await response.text();
  if (response.status !== 200 || !text.includes('"a":')) throw new Error(`${url}: ${response.status} ${text}`);
}

function add(times: Map<string, number[]>, name: string, milliseconds: number): void {
  times.set(name, [...(times.get(name) ?? []), milliseconds]);
}

async function measureStarts(all: readonly Contender[]): Promise<RuntimeFigures["starts"]> {
  const times = new Map<string, number[]>();
  for (let round = -1; round < STARTS; round++)
    for (const contender of all) {
      const running = await startContender(contender);
      await running.stop();
      if (round >= 0) add(times, contender.name, running.started);
    }
  return Object.fromEntries(times);
}

async function measureRequests(all: readonly Contender[]): Promise<RuntimeFigures["requests"]> {
  const times = new Map<string, number[]>();
  const servers = await Promise.all(
    all.map(async (contender) => ({ contender, running: await startContender(contender) })),
  );
  for (let round = -1; round < ROUNDS; round++)
    for (const { contender, running } of servers) {
      const begun = performance.now();
      for (let n = 0; n < REQUESTS; n++) await ask(running.url);
      if (round >= 0) add(times, contender.name, (performance.now() - begun) / REQUESTS);
    }
  for (const { running } of servers) await running.stop();
  return Object.fromEntries(times);
}

async function measureLongRun(proxy: Contender): Promise<RuntimeFigures["long"]> {
  const mark = `RUNTIME_BENCH=${process.pid}`;
  const running = await startContender({ ...proxy, env: { ...proxy.env, RUNTIME_BENCH: String(process.pid) } });
  const memory = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${running.pid}/status`, "utf8"))?.[1]);
  for (let n = 0; n < WARM_UP; n++) await ask(running.url);
  const before = memory();
  const begun = performance.now();
  for (let n = 0; n < LONG; n++) await ask(running.url);
  const milliseconds = performance.now() - begun;
  const figures = { runs: LONG, before, after: memory(), left: leftBehind(running.pid, mark), milliseconds };
  await running.stop();
  return figures;
}

/** Children of the proxy, and processes with the marker in their environment. Zombies have no environment, but they have a parent. */
function leftBehind(proxy: number, mark: string): number {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === proxy || Number(pid) === process.pid) return false;
    try {
      const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      return Number(parent) === proxy || readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(mark);
    } catch {
      return false;
    }
  }).length;
}

const all = contenders(process.argv[2] ?? "");
const proxy = all.find(({ name }) => name === PROXY);
if (proxy === undefined) throw new Error("there is no proxy");
const figures: RuntimeFigures = {
  starts: await measureStarts(all),
  requests: await measureRequests(all),
  long: await measureLongRun(proxy),
};
process.stdout.write(JSON.stringify(figures));

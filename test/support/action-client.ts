import type { StartedRuntime } from "./runtime-process.js";
import { until } from "./until.js";

export const MARKER = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX";

export interface ActionAnswer {
  readonly status: number;
  readonly text: string;
  /** undefined if the body is not JSON. */
  readonly json: unknown;
}

export interface LoggedAnswer extends ActionAnswer {
  /** Standard output and standard error from the request up to the marker, without the marker. */
  readonly out: string;
  readonly err: string;
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Sends what an invoker sends to an action's runtime. */
export class ActionClient {
  constructor(readonly runtime: StartedRuntime) {}

  async send(path: string, body: string | Buffer, method = "POST"): Promise<ActionAnswer> {
    const init = method === "GET" || method === "HEAD" ? { method } : { method, body };
    const response = await fetch(this.runtime.url + path, init);
    const text = await response.text();
    return { status: response.status, text, json: jsonOf(text) };
  }

  init(value: Readonly<Record<string, unknown>>): Promise<ActionAnswer> {
    return this.send("/init", JSON.stringify({ value }));
  }

  /** Text, because a runtime must not change numbers that JavaScript cannot represent. */
  run(message: Readonly<Record<string, unknown>> | string | Buffer): Promise<LoggedAnswer> {
    const raw = typeof message === "string" || Buffer.isBuffer(message);
    return this.logged(() => this.send("/run", raw ? message : JSON.stringify(message)));
  }

  /** Initialises with a script and runs it. */
  async script(code: string, message: Readonly<Record<string, unknown>> | string = { value: {} }) {
    const { status, text } = await this.init({ name: "test", main: "main", binary: false, code });
    if (status !== 200) throw new Error(`/init: ${status} ${text}`);
    return this.run(message);
  }

  /** An answer with the logs of one activation, when its marker is in both streams. */
  async logged(work: () => Promise<ActionAnswer>): Promise<LoggedAnswer> {
    const before = this.runtime.logs();
    const answer = await work();
    const since = () => {
      const { stdout, stderr } = this.runtime.logs();
      return { out: stdout.slice(before.stdout.length), err: stderr.slice(before.stderr.length) };
    };
    await until("the marker is in the logs", () => Object.values(since()).every((log) => log.includes(MARKER)));
    const { out, err } = since();
    return { ...answer, out: activation(out), err: activation(err) };
  }

  /** The number of markers in each stream, once it no longer grows. */
  markers(): { readonly out: number; readonly err: number } {
    const { stdout, stderr } = this.runtime.logs();
    return { out: stdout.split(MARKER).length - 1, err: stderr.split(MARKER).length - 1 };
  }
}

/** The text before the marker, which must be a line of its own, occur once, and come last. */
function activation(log: string): string {
  const end = `${MARKER}\n`;
  const text = log.slice(0, -end.length);
  if (text + end !== log || text.includes(MARKER) || !(text === "" || text.endsWith("\n")))
    throw new Error(`a marker must end the logs of an activation, once: ${JSON.stringify(log)}`);
  return text;
}

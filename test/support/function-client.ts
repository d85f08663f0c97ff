import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { MODULES, type RuntimeProcess, runtimeDirectory, startProcess } from "./runtime-process.js";

/** The files and commands of the function server for one language. */
export interface FunctionLanguage {
  readonly name: string;
  /** The handler's file. */
  readonly file: string;
  readonly server: readonly [string, ...string[]];
  readonly validator: readonly [string, ...string[]];
}

// -B, because bytecode beside the sources would get into images that are built from this directory.
export const NODE: FunctionLanguage = {
  name: "nodejs",
  file: "handler.mjs",
  server: [process.execPath, join(MODULES, "function-nodejs/server/main.mjs")],
  validator: [process.execPath, join(MODULES, "function-nodejs/server/validate.mjs")],
};
export const PYTHON: FunctionLanguage = {
  name: "python3",
  file: "handler.py",
  server: ["/usr/bin/python3", "-B", join(MODULES, "function-python3/lib/serve.py")],
  validator: ["/usr/bin/python3", "-B", join(MODULES, "function-python3/lib/validate.py")],
};

export interface FunctionAnswer {
  readonly status: number;
  readonly text: string;
  readonly payload: unknown;
  readonly context: {
    readonly [key: string]: unknown;
    readonly logs: { readonly stdout: string[]; readonly stderr: string[] };
    readonly error: { readonly type: string; readonly message: string; readonly stacktrace: string[] } | null;
  };
}

export interface FunctionServer extends RuntimeProcess {
  call(payload: unknown, context?: unknown): Promise<FunctionAnswer>;
  /** Sends a body to `/` unchanged. */
  post(body: string | Buffer): Promise<FunctionAnswer>;
}

/** A directory with a function in it. */
export function functionDirectory(language: FunctionLanguage, source: string): string {
  const directory = runtimeDirectory();
  writeFileSync(join(directory, language.file), source);
  return directory;
}

/** Starts a function server with a handler of this source. */
export async function startFunction(
  language: FunctionLanguage,
  source: string,
  env: Readonly<Record<string, string>> = {},
): Promise<FunctionServer> {
  const directory = functionDirectory(language, source);
  const remove = () => rm(directory, { recursive: true, force: true });
  const server = await startProcess(language.server, { FUNCTION_DIRECTORY: directory, ...env }).catch(async (error) => {
    await remove();
    throw error;
  });
  const post = async (body: string | Buffer) => {
    const response = await fetch(`${server.url}/`, { method: "POST", body });
    const text = await response.text();
    return { status: response.status, text, ...(JSON.parse(text) as Pick<FunctionAnswer, "payload" | "context">) };
  };
  return {
    ...server,
    post,
    call: (payload, context = {}) => post(JSON.stringify({ context, payload })),
    stop: () => server.stop().then(remove),
  };
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call } from "./measure.js";
import { PROJECT } from "./slipway.js";

/** A measured server: how to start it, and what to request. */
export interface Contender {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly path: string;
}

/** The smallest possible server in JavaScript; with SPAWN it runs a program for each request, as the proxy has to. */
const BARE = `import { spawn } from "node:child_process";
import { createServer } from "node:http";
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => { body += chunk; });
  request.on("end", () => {
    if (!process.env.SPAWN) return response.end(body);
    const child = spawn(process.env.SPAWN, [body]);
    let out = "";
    child.stdout.on("data", (chunk) => { out += chunk; });
    child.on("close", () => response.end(out));
    child.stdin.end(body);
  });
});
server.listen(0, "127.0.0.1", () => process.stderr.write("listening on port " + server.address().port + "\\n"));
`;

const MODULES = join(PROJECT, "catalog/modules");
const EPOCH = 315_532_800; // s, the time of files in built images

export const BARE_SERVER = "bare `node:http`";
export const BARE_SPAWNING = "bare `node:http` that runs a program";
export const PROXY = "action proxy";
export const STALE = "function server, Python, stale .pyc";
export const PYTHON = "function server, Python";

/** Writes the files that the servers need below a directory. */
export function contenders(directory: string): readonly Contender[] {
  const at = (name: string) => join(directory, name);
  const put = (name: string, text: string, mode = 0o644) => writeFileSync(at(name), text, { mode });
  for (const name of ["action", "javascript", "python"]) mkdirSync(at(name));
  put("bare.mjs", BARE);
  put("action/exec", "#!/bin/sh\ncat\n", 0o755);
  put("javascript/handler.mjs", "export const handle = (_context, payload) => payload;\n");
  put("python/handler.py", "def handle(context, payload):\n    return payload\n");
  const node = process.execPath;
  const python = (lib: string) => ({
    command: ["/usr/bin/python3", join(lib, "server/serve.py")] as const,
    env: { FUNCTION_DIRECTORY: at("python"), PYTHONPATH: join(lib, "standard") },
    path: "/",
  });
  return [
    { name: BARE_SERVER, command: [node, at("bare.mjs")], env: {}, path: "/" },
    { name: BARE_SPAWNING, command: [node, at("bare.mjs")], env: { SPAWN: at("action/exec") }, path: "/" },
    {
      name: PROXY,
      // The same command as in its image.
      command: [node, "--max-semi-space-size=2", join(MODULES, "action-proxy/proxy/main.mjs")],
      env: { ACTION_DIRECTORY: at("action") },
      path: "/run",
    },
    {
      name: "function server, JavaScript",
      command: [node, join(MODULES, "function-nodejs/server/main.mjs")],
      env: { FUNCTION_DIRECTORY: at("javascript") },
      path: "/",
    },
    { name: PYTHON, ...python(pythonLibrary(at("valid"), true)) },
    { name: STALE, ...python(pythonLibrary(at("stale"), false)) },
  ];
}

/** The server and Python's own library as in an image, where all files have the same time. Bytecode that records a time is stale then. */
function pythonLibrary(directory: string, valid: boolean): string {
  const standard = call("/usr/bin/python3", ["-c", "import os; print(os.path.dirname(os.__file__))"]).trim();
  const server = join(directory, "server");
  cpSync(join(MODULES, "function-python3/lib"), server, { recursive: true });
  cpSync(standard, join(directory, "standard"), { recursive: true, filter: (path) => !UNUSED.test(path) });
  const mode = valid ? "unchecked-hash" : "timestamp";
  call("/usr/bin/python3", ["-m", "compileall", "-q", "-j0", "-x", "lib2to3", "--invalidation-mode", mode, directory]);
  for (const name of call("find", [directory, "-name", "*.py"]).trim().split("\n")) utimesSync(name, EPOCH, EPOCH);
  return directory;
}

/** Files of Python's library to leave out: those that no server needs, and those that Debian has compiled. */
const UNUSED = /\/(?:__pycache__|dist-packages|test|idlelib|tkinter|config-[^/]*|lib-dynload)$/;

export interface Running {
  readonly pid: number;
  readonly url: string;
  /** Time from the start to the first answer, in milliseconds. */
  readonly started: number;
  stop(): Promise<void>;
}

/** Starts a server and waits for its first answer, whatever that is. */
export async function startContender({ command, env, path }: Contender): Promise<Running> {
  const [program, ...args] = command;
  const begun = performance.now();
  // No bytecode is written, as in an image whose files belong to another user.
  const settings = { PORT: "0", HOST: "127.0.0.1", PYTHONDONTWRITEBYTECODE: "1" };
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH ?? "", ...settings, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const port = await portOf(child);
  await (await fetch(`http://127.0.0.1:${port}/healthz`)).arrayBuffer();
  const started = performance.now() - begun;
  const stop = async () => {
    child.kill("SIGKILL");
    await once(child, "close");
  };
  return { pid: child.pid ?? 0, url: `http://127.0.0.1:${port}${path}`, started, stop };
}

function portOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.on("data", (chunk) => {
      // Read only until the port is known; later output is the logs of 10,000 runs.
      if (said.length < 1000) said += chunk;
      const [, port] = /^listening on port (\d+)$/m.exec(said) ?? [];
      if (port !== undefined) resolve(port);
    });
    child.once("close", () => reject(new Error(`a server has not started:\n${said}`)));
  });
}

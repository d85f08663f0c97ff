import { cpSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { MODULES, type RuntimeProcess, runtimeDirectory, startProcess } from "./runtime-process.js";

export interface ActionProcess extends RuntimeProcess {
  /** The directory of the action. */
  readonly directory: string;
}

export interface ActionProxy {
  readonly env?: Readonly<Record<string, string>>;
  /** `main.mjs` of the proxy; default: the module's own. */
  readonly main?: string;
}

/** A copy of the modules that run actions in this language: `main.mjs` of its proxy, which finds the language's runner beside it. */
export function sourceProxy(language: string): string {
  const modules = runtimeDirectory();
  for (const name of ["action-proxy", "runtime-http", `action-${language}`])
    cpSync(join(MODULES, name), join(modules, name), { recursive: true });
  cpSync(join(MODULES, `action-${language}/runner.mjs`), join(modules, "action-proxy/runner.mjs"));
  return join(modules, "action-proxy/proxy/main.mjs");
}

/** Starts the proxy of the module action-proxy as an unprivileged user, with the stub in a directory of its own. */
export async function startActionProxy({ env = {}, main }: ActionProxy = {}): Promise<ActionProcess> {
  const directory = runtimeDirectory();
  cpSync(join(MODULES, "action-proxy/stub/exec"), join(directory, "exec"));
  const proxy = await startProcess([process.execPath, main ?? join(MODULES, "action-proxy/proxy/main.mjs")], {
    ACTION_DIRECTORY: directory,
    ...env,
  });
  const remove = () => rm(directory, { recursive: true, force: true });
  return {
    ...proxy,
    directory,
    stop: () => proxy.stop().then(remove),
    end: async (signal) => {
      const code = await proxy.end(signal);
      await remove();
      return code;
    },
  };
}

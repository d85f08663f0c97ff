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

import { spawn } from "node:child_process";
import { once } from "node:events";
import type { StartedRuntime } from "./runtime-process.js";
import { until } from "./until.js";
import { buildahIn, storageArguments } from "./workspace.js";

interface Config {
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Labels?: Readonly<Record<string, string>>;
}

const bare = (imageId: string) => imageId.replace("sha256:", "");

/** The `config` of an image in one of Slipway's storages. */
export async function imageConfig(storage: string, imageId: string): Promise<Config> {
  const text = await buildahIn(storage, "inspect", "--type", "image", "--format", "{{.Config}}", bare(imageId));
  return (JSON.parse(text) as { readonly config?: Config }).config ?? {};
}

/** Starts the command of a runtime's image in a fresh container, on a free port, with these variables. */
export async function startImage(
  storage: string,
  imageId: string,
  env: Readonly<Record<string, string>> = {},
): Promise<StartedRuntime> {
  const { Entrypoint, Cmd } = await imageConfig(storage, imageId);
  const container = (await buildahIn(storage, "from", "--pull-never", bare(imageId))).trim();
  const variables = Object.entries({ HOST: "127.0.0.1", PORT: "0", ...env }).map(
    ([key, value]) => `--env=${key}=${value}`,
  );
  const words = [
    "run",
    "--isolation",
    "chroot",
    "--network",
    "host",
    ...variables,
    container,
    "--",
    ...(Entrypoint ?? []),
    ...(Cmd ?? []),
  ];
  const child = spawn("buildah", [...storageArguments(storage), ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].on("data", (chunk: Buffer) => chunks[stream].push(chunk));
  const ended = once(child, "close");
  const logs = () => ({
    stdout: Buffer.concat(chunks.stdout).toString("utf8"),
    stderr: Buffer.concat(chunks.stderr).toString("utf8"),
  });
  const stop = async () => {
    // Buildah kills the processes in the container.
    if (child.exitCode === null) child.kill("SIGTERM");
    await ended;
    await buildahIn(storage, "rm", container);
  };
  const port = () => /^listening on port (\d+)$/m.exec(logs().stderr)?.[1];
  await until("the runtime listens", () => child.exitCode !== null || port() !== undefined);
  if (port() === undefined) {
    await stop();
    throw new Error(`the runtime has not started:\n${logs().stderr}`);
  }
  return { url: `http://127.0.0.1:${port()}`, logs, stop };
}

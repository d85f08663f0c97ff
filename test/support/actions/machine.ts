import { spawn } from "node:child_process";
import { type Annotation, CommandReader } from "./command-reader.js";

export interface Script {
  readonly command: readonly [string, ...string[]];
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface ScriptResult {
  readonly code: number;
  readonly log: string;
  readonly annotations: readonly Annotation[];
  readonly masks: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs a program and executes the workflow commands that it prints. Both streams are read line by line as they arrive, as by Actions. */
export async function runScript({ command: [program, ...args], directory, env }: Script): Promise<ScriptResult> {
  const child = spawn(program, args, { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"] });
  const reader = new CommandReader();
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) reader.read(line.replace(/\r$/, ""));
    });
    stream.on("end", () => {
      if (rest !== "") reader.read(rest);
    });
  }
  const code = await new Promise<number>((resolve) => {
    child.on("error", (error) => {
      reader.read(error.message);
      resolve(127);
    });
    child.on("close", (status) => resolve(status ?? 1));
  });
  const { log, annotations, masks, outputs } = reader;
  return { code, log, annotations, masks, outputs };
}

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Finding } from "../model/finding.js";
import { run } from "./process.js";

export const INSTALL = "apt-get install -y --no-install-recommends";

/** Programs without which nothing is built, and their Debian packages. */
const NEEDED: Readonly<Record<string, string>> = {
  // Every other program is started through it.
  setpriv: "util-linux",
  flock: "util-linux",
  tar: "tar",
};

/** The path of a program; undefined: it is not on PATH. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(":");
  return folders.map((folder) => resolve(folder, name)).find((path) => existsSync(path));
}

/** One finding for each program that is missing. */
export function neededPrograms(): readonly Finding[] {
  return Object.entries(NEEDED).flatMap(([name, debianPackage]) =>
    findProgram(name) === undefined ? [missing(name, debianPackage, "nothing is built without it")] : [],
  );
}

/** The version that a program prints. Without setpriv it is not asked: that it is there can be said all the same. */
export async function programVersion(program: string): Promise<string | undefined> {
  if (findProgram(program) === undefined) return undefined;
  if (findProgram("setpriv") === undefined) return "installed";
  const { exitCode, stdout } = await run(program, ["--version"]);
  return exitCode === 0 ? (/\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? "unknown") : undefined;
}

export function programFinding(what: string, found: string | undefined, debianPackage: string, note?: string): Finding {
  return found === undefined ? missing(what, debianPackage, note) : { what, ok: true, found };
}

function missing(what: string, debianPackage: string, note?: string): Finding {
  return { what, ok: false, found: "not installed", advice: `${INSTALL} ${debianPackage}${note ? ` (${note})` : ""}` };
}

import { readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { AptBootstrap } from "../model/definition.js";
import type { Platform } from "../model/names.js";
import { makeDirectory } from "../system/make-directory.js";
import { defaultSources } from "./bootstrap.js";
import { foreignPlatform } from "./platform.js";
import { lastLines, run } from "./process.js";
import { type Job, StepFailure } from "./runner.js";

export interface FetchDebs {
  readonly bootstrap: AptBootstrap;
  readonly platform: Platform;
  /** A file of sources, as mmdebstrap takes it for a mirror; undefined: the sources of the release. */
  readonly aptSources: string | undefined;
  /** A program with its arguments, which runs in the directory where the files are to be. */
  readonly command: readonly string[];
  /** An empty directory for apt's own files. */
  readonly directory: string;
}

/**
 * Runs this machine's apt on the sources of a bootstrap, for which there is no root file system yet. The machine's own settings and
 * packages do not count. Raises StepFailure.
 */
export async function fetchDebs(fetching: FetchDebs, { signal, log }: Job): Promise<void> {
  const { directory, command } = fetching;
  const config = join(directory, "apt.conf");
  await writeFile(config, await settings(fetching));
  const [program, ...words] = command as [string, ...string[]];
  const done = await run(program, words, { signal, log, env: { APT_CONFIG: config }, timeout: 1800 });
  if (done.exitCode === 0) return;
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  const tail = lastLines(done.stderr);
  const why = tail.find((line) => line.startsWith("E: ")) ?? tail.at(-1) ?? `exit code ${done.exitCode}`;
  throw new StepFailure("NO_ANSWER", why.replace(/^E: /, ""), tail);
}

async function settings({ bootstrap, platform, aptSources, directory }: FetchDebs): Promise<string> {
  for (const name of ["lists/partial", "archives/partial", "sources", "parts"]) makeDirectory(join(directory, name));
  const given = aptSources === undefined ? undefined : await readFile(aptSources, "utf8");
  const isNewForm = given !== undefined && (extname(aptSources ?? "") === ".sources" || /^Types:/m.test(given));
  const list = join(directory, "sources", `bootstrap.${isNewForm ? "sources" : "list"}`);
  if (given === undefined) await defaultSources(bootstrap.suite, list);
  else await writeFile(list, given, { mode: 0o600 });
  await writeFile(join(directory, "status"), "");
  const { debian } = foreignPlatform(platform) ?? {};
  return [
    // Files of apt's own configuration are read after this one.
    `Dir::Etc::parts "${directory}/parts";`,
    'Dir::Etc::main "/nonexistent";',
    'Dir::Etc::sourcelist "/nonexistent";',
    `Dir::Etc::sourceparts "${directory}/sources";`,
    'Dir::Etc::preferences "/nonexistent";',
    'Dir::Etc::preferencesparts "/nonexistent";',
    `Dir::State "${directory}";`,
    `Dir::State::lists "${directory}/lists";`,
    `Dir::State::status "${directory}/status";`,
    `Dir::Cache "${directory}";`,
    `Dir::Cache::archives "${directory}/archives";`,
    'APT::Sandbox::User "root";',
    ...(debian === undefined ? [] : [`APT::Architecture "${debian}";`, `APT::Architectures { "${debian}"; };`]),
    "",
  ].join("\n");
}

import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./files.js";

/** One call of the command by a job. */
export interface Call {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Variables of the command's environment that tests check. */
  readonly env: Readonly<Record<string, string>>;
  /** The content of REGISTRY_AUTH_FILE. */
  readonly auth: string;
}

/** The command's output and exit code, by its verb. */
export interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
  /** A file that it writes below the directory given by --out. */
  readonly report?: string;
}

const SCRIPT = `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
const argv = process.argv.slice(2);
const { CALLS, ANSWERS } = process.env;
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(GITHUB_(TOKEN|ENV|OUTPUT)|SLIPWAY_)/.test(name)));
const auth = process.env.REGISTRY_AUTH_FILE ? readFileSync(process.env.REGISTRY_AUTH_FILE, "utf8") : "";
appendFileSync(CALLS, JSON.stringify({ argv, cwd: process.cwd(), env, auth }) + "\\n");
const { stdout = "{}", stderr = "", code = 0, report } = JSON.parse(ANSWERS)[argv[0]] ?? {};
process.stdout.write(stdout + "\\n");
process.stderr.write(stderr);
const results = argv.indexOf("--results");
if (argv[0] === "build" && results > 0) {
  mkdirSync(dirname(argv[results + 1]), { recursive: true });
  writeFileSync(argv[results + 1], stdout);
}
if (report !== undefined) {
  const out = argv[argv.indexOf("--out") + 1];
  mkdirSync(out, { recursive: true });
  writeFileSync(out + "/report.json", report);
}
process.exitCode = code;
`;

/** A SLIPWAY_HOME whose command only records its calls; the action's own code is the real one. */
export class StubSlipway {
  private constructor(
    readonly home: string,
    readonly calls: () => Promise<Call[]>,
    readonly env: (answers: Readonly<Record<string, Answer>>) => Record<string, string>,
  ) {}

  static async create(directory: string): Promise<StubSlipway> {
    const file = join(directory, "calls.jsonl");
    await mkdir(join(directory, "build/bin"), { recursive: true });
    await writeFile(join(directory, "package.json"), '{"type":"module"}');
    await writeFile(join(directory, "build/bin/cli.js"), SCRIPT);
    await writeFile(file, "");
    await cp(`${ROOT}build/bin/action.js`, join(directory, "build/bin/action.js"));
    const calls = async () => {
      const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
      await writeFile(file, "");
      return lines.map((line) => JSON.parse(line) as Call);
    };
    return new StubSlipway(directory, calls, (answers) => ({
      SLIPWAY_HOME: directory,
      CALLS: file,
      ANSWERS: JSON.stringify(answers),
    }));
  }
}

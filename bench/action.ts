import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Artifacts } from "../test/support/actions/artifacts.js";
import { pushEvent } from "../test/support/actions/events.js";
import { runWorkflow } from "../test/support/actions/run-workflow.js";
import { call, Samples } from "./measure.js";
import type { Part } from "./part.js";
import { milliseconds, table, times } from "./report.js";
import { PROJECT } from "./slipway.js";

const ROUNDS = 3;
const USES = `acme/slipway@${"1".repeat(40)}`;
const JOB = `on: push
permissions: { contents: read }
jobs:
  plan:
    runs-on: ubuntu-24.04
    steps:
      - uses: ${USES}
        with: { command: plan, registry: "oci:none" }
`;

/** A commit without the programs, which the action builds first, and a release's commit, which has them. */
const COMMITS = ["any commit", "a release's commit"] as const;

/** Measures a job that plans the reference catalogue, by the tests' own workflow runner: without the machine's own start and downloads. */
export const actionStart: Part = {
  title: "The action, with and without its programs",
  async run({ directory, say }) {
    const samples = new Samples();
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of COMMITS) {
        say(`round ${round + 1}: ${name}`);
        const place = join(directory, `${round}-${COMMITS.indexOf(name)}`);
        const action = join(place, "action");
        checkOut(action);
        if (name === "a release's commit")
          cpSync(join(PROJECT, "build/bin"), join(action, "build/bin"), { recursive: true });
        const start = performance.now();
        await job(place, action);
        samples.add(name, performance.now() - start);
      }
    }
    const [source, release] = COMMITS;
    const rows = COMMITS.map((name) => [name, times(samples.ratio(name, release)), milliseconds(samples.median(name))]);
    return {
      intro: `A job that plans the reference catalogue, by the tests' workflow runner, so without what GitHub needs to start a machine. With ${source} the action installs npm's packages and builds itself first.`,
      tables: [table(["the workflow names", "÷ release", "time"], rows)],
    };
  },
};

function checkOut(directory: string): void {
  mkdirSync(directory, { recursive: true });
  call("sh", ["-c", 'git archive HEAD | tar -x -C "$1"', "sh", directory], { cwd: PROJECT });
}

async function job(place: string, action: string): Promise<void> {
  const sha = call("git", ["rev-parse", "HEAD"], { cwd: PROJECT }).trim();
  const { conclusion, jobs } = await runWorkflow({
    workflow: JOB,
    file: "plan.yml",
    event: pushEvent({ repository: "acme/images", server: "", api: "" }, { branch: "main", sha }),
    runId: 1,
    secrets: {},
    vars: {},
    directory: join(place, "run"),
    host: {
      remote: () => PROJECT,
      token: () => "",
      actions: new Map([[USES, action]]),
      artifacts: new Artifacts(join(place, "artifacts")),
      path: [],
      env: npmSettings(),
    },
  });
  if (conclusion !== "success") throw new Error(jobs[0]?.log);
}

/** This machine's way to npm's packages. */
function npmSettings(): Record<string, string> {
  const names = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "npm_config_registry", "npm_config_userconfig"];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

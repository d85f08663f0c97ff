import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Artifacts } from "../support/actions/artifacts.js";
import { CommandReader, readPairs } from "../support/actions/command-reader.js";
import { evaluate, holds, interpolate } from "../support/actions/expressions.js";
import type { Permissions } from "../support/actions/job-state.js";
import { runWorkflow, type WorkflowResult } from "../support/actions/run-workflow.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("workflows: the tests' workflow runner");
const OK = { ok: true, failed: false, cancelled: false };
const FAILED = { ok: false, failed: true, cancelled: false };
/** An expression as workflows write it; the linter would take a literal one for a template string. */
const of = (expression: string) => `\${{ ${expression} }}`;

let directory = "";
let runs = 0;
test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-actions-"));
});
test.after(async () => await removeTree(directory));

interface Options {
  readonly payload?: Record<string, string>;
  readonly actions?: Record<string, string>;
  readonly secrets?: Record<string, string>;
  readonly tokens?: Permissions[];
  readonly artifacts?: Artifacts;
  readonly runId?: number;
}

async function run(jobs: string, options: Options = {}): Promise<WorkflowResult> {
  runs += 1;
  const { payload = {}, actions = {}, secrets = {}, tokens = [], artifacts } = options;
  return await runWorkflow({
    workflow: `on: push\npermissions: { contents: read }\njobs:\n${jobs}`,
    file: "w.yml",
    event: {
      name: "push",
      payload,
      github: { repository: "acme/images", sha: "0".repeat(40), ref: "refs/heads/main" },
    },
    runId: options.runId ?? runs,
    secrets,
    vars: { COLOUR: "green" },
    directory: join(directory, `run-${runs}`),
    host: {
      remote: () => join(directory, "none"),
      token: (permissions) => {
        tokens.push(permissions);
        return `token-${tokens.length}`;
      },
      actions: new Map(Object.entries(actions)),
      artifacts: artifacts ?? new Artifacts(join(directory, `artifacts-${runs}`)),
      path: [],
      env: {},
    },
  });
}

/** A job with `run:` steps, each given as the lines of its mapping. */
function job(name: string, steps: readonly string[], rest = ""): string {
  const lines = steps.map((step) => `      - ${step.replaceAll("\n", "\n        ")}\n`).join("");
  return `  ${name}:\n    runs-on: x\n${rest}    steps:\n${lines}`;
}

test("expressions follow GitHub's rules: case, null, types, functions", () => {
  const contexts = { github: { ref: "Main", event: { labels: [{ name: "a" }, { name: "b" }] } }, steps: {} };
  const value = (text: string) => evaluate(text, contexts, OK);
  assert.is(value("github.ref == 'MAIN'"), true);
  assert.is(value("steps.nothing.outputs.x == ''"), true);
  assert.is(value("contains(github.event.labels.*.name, 'b')"), true);
  assert.equal(value("fromJSON('{\"a\":[1,null]}')"), { a: [1, null] });
  assert.is(value("format('{0}-{1}', 1, github.ref)"), "1-Main");
  assert.is(interpolate(`x${of("'}}'")}y${of("1 > 0")}`, contexts, OK), "x}}ytrue");
  assert.throws(() => value("secrets.x"), /Unrecognized named-value: 'secrets'/);
});

test("a condition without a status function means success() as well", () => {
  const contexts = { github: { ref: "x" } };
  const cases = [
    undefined,
    "github.ref == 'x'",
    "github.ref == 'always()'",
    "always()",
    "failure()",
    of("!cancelled()"),
  ];
  assert.equal(
    cases.map((condition) => holds(condition, contexts, OK)),
    [true, true, false, true, false, true],
  );
  assert.equal(
    cases.map((condition) => holds(condition, contexts, FAILED)),
    [false, false, false, true, true, true],
  );
});

test("workflow commands in a step's output are executed until the step stops them", () => {
  const reader = new CommandReader();
  const lines = [
    "::error file=a%2Cb.yml,line=3::one%0Atwo",
    "::add-mask::hunter2",
    "::set-output name=x::1",
    "say hunter2, and ::warning::not at the beginning",
    "::stop-commands::abc-1",
    "::error::forged",
    "::set-output name=x::2",
    "::abc-1::",
    "  ::warning::after",
  ];
  for (const line of lines) reader.read(line);
  assert.equal(reader.annotations, [
    { level: "error", message: "one\ntwo", file: "a,b.yml", line: 3 },
    { level: "warning", message: "after" },
  ]);
  assert.equal(reader.outputs, { x: "1" });
  assert.match(reader.log, "say ***, and");
});

test("output files: one line, several lines, and no value", () => {
  assert.equal(readPairs("a=1=2\nb<<END\nx\ny\nEND\nc=\n"), { a: "1=2", b: "x\ny", c: "" });
  assert.throws(() => readPairs("b<<END\nx\n"), /no line END/);
  assert.throws(() => readPairs("nonsense\n"), /neither name=value/);
});

test("outputs, environment and path pass from step to step, and outputs to the next job", async () => {
  const tokens: Permissions[] = [];
  const first = job(
    "first",
    [
      "id: a\nshell: bash\nrun: echo x=1 >> $GITHUB_OUTPUT; echo Y=2 >> $GITHUB_ENV; mkdir p; echo 'echo tool' > p/tool; chmod +x p/tool; echo $PWD/p >> $GITHUB_PATH",
      `shell: bash\nenv: { X: '${of("steps.a.outputs.x")}', Y2: '${of("env.Y")}' }\nrun: echo "$X $Y $Y2 $(tool) $GITHUB_REPOSITORY $GITHUB_JOB $COLOUR" | tee -a $GITHUB_STEP_SUMMARY`,
    ],
    `    env: { COLOUR: '${of("vars.COLOUR")}' }\n    outputs: { x: '${of("steps.a.outputs.x")}' }\n`,
  );
  const second = job(
    "second",
    [`shell: bash\nrun: echo "got ${of("needs.first.outputs.x")} after ${of("needs.first.result")}"`],
    "    needs: first\n    permissions: { packages: write }\n",
  );
  const { conclusion, jobs } = await run(second + first, { tokens });
  assert.is(conclusion, "success");
  assert.equal(
    jobs.map(({ name }) => name),
    ["first", "second"],
  );
  assert.is(jobs[0]?.summary, "1 2 2 tool acme/images first green\n");
  assert.is(jobs[1]?.log, "got 1 after success\n");
  assert.equal(tokens, [{ contents: "read" }, { packages: "write" }]);
});

test("a failure skips later steps and jobs, except those that ask to run", async () => {
  const steps = [
    "shell: bash\nrun: false | true",
    "name: skipped\nshell: bash\nrun: echo no",
    `name: told\nif: failure()\nshell: bash\nrun: echo "${of("job.status")}"`,
    "name: always\nif: always()\nshell: bash\nrun: exit 3\ncontinue-on-error: true",
  ];
  const { conclusion, jobs } = await run(
    job("a", steps) +
      job("b", ["run: echo no"], "    needs: a\n") +
      job("c", ["run: echo no"], "    needs: b\n    if: failure()\n") +
      job("d", [`shell: bash\nrun: echo "${of("needs.b.result")}"`], "    needs: [a, b]\n    if: always()\n") +
      job("e", ["run: echo no"], "    if: github.ref == 'refs/heads/x'\n") +
      job("f", ["run: echo no"], "    needs: e\n    if: failure()\n"),
  );
  assert.is(conclusion, "failure");
  assert.equal(
    jobs[0]?.steps.map((step) => step.conclusion),
    ["failure", "skipped", "success", "success"],
  );
  assert.is(jobs[0]?.steps[3]?.outcome, "failure");
  assert.equal(
    jobs.map((one) => one.conclusion),
    ["failure", "skipped", "success", "success", "skipped", "skipped"],
  );
  assert.is(jobs[3]?.log, "skipped\n");
});

test("a matrix: products, includes, a computed one, and an empty one", async () => {
  const echo = [
    `shell: bash\nrun: echo "${of("toJSON(matrix)")}" | tr -d ' \\n"'; echo " ${of("strategy.job-index")}"`,
  ];
  const plain = await run(job("m", echo, "    strategy: { matrix: { x: [1, 2], y: [a], include: [{ x: 3 }] } }\n"));
  assert.equal(
    plain.jobs.map(({ name, log }) => `${name} ${log.trim()}`),
    ["m (0) {x:1,y:a} 0", "m (1) {x:2,y:a} 1", "m (2) {x:3} 2"],
  );
  const list = (text: string) =>
    job(
      "p",
      [`id: l\nshell: bash\nrun: echo 'l=${text}' >> $GITHUB_OUTPUT`],
      `    outputs: { l: '${of("steps.l.outputs.l")}' }\n`,
    ) + job("m", echo, `    needs: p\n    strategy: { matrix: '${of("fromJSON(needs.p.outputs.l)")}' }\n`);
  assert.is((await run(list('{"include":[{"job":"1"}]}'))).jobs[1]?.log, "{job:1} 0\n");
  await run(list('{"include":[]}')).then(
    () => assert.unreachable("an empty matrix"),
    (error: Error) => assert.match(error.message, "does not contain any values"),
  );
});

const ACTION = `name: a
description: b
inputs:
  word: { default: none }
  token: { default: "${of("github.token")}" }
outputs:
  said: { value: "${of("steps.say.outputs.said")}" }
runs:
  using: composite
  steps:
    - id: say
      shell: bash
      env: { WORD: "${of("inputs.word")}", TOKEN: "${of("inputs.token")}" }
      run: echo "said=$WORD by $OUTER in $(basename "$GITHUB_ACTION_PATH")" >> "$GITHUB_OUTPUT"; echo "$TOKEN"; [[ $WORD != bad ]]
    - if: always()
      shell: bash
      run: echo "after ${of("steps.say.outcome")}"
    - shell: bash
      run: echo "secret ${of("github.action_path")}"
`;

test("composite actions: inputs, outputs, their own failures, and masked tokens", async () => {
  const folder = join(directory, "the-action");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "action.yml"), ACTION);
  const actions = { [`acme/act@${"1".repeat(40)}`]: folder };
  const uses = (word: string) =>
    `id: ${word}\nuses: acme/act@${"1".repeat(40)}\nwith: { word: ${word} }\nenv: { OUTER: you }`;
  const { jobs } = await run(
    job("a", [uses("good"), `shell: bash\nrun: echo "${of("steps.good.outputs.said")}"`, uses("bad"), uses("never")]),
    { actions },
  );
  assert.equal(
    jobs[0]?.steps.map((step) => step.conclusion),
    ["success", "success", "failure", "skipped"],
  );
  assert.is(jobs[0]?.steps[1]?.log, "good by you in the-action\n");
  assert.is(jobs[0]?.steps[2]?.log, "***\nafter failure\n");
  assert.equal(
    jobs[0]?.steps[2]?.steps.map((step) => step.conclusion),
    ["failure", "success", "skipped"],
  );
});

test("an action can read neither secrets that it was not given nor undefined ones", async () => {
  const folder = join(directory, "greedy");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "action.yml"), ACTION.replace("github.action_path", "secrets.KEY"));
  const uses = `uses: acme/act@${"2".repeat(40)}`;
  const { jobs } = await run(job("a", [uses, "if: always()\nuses: acme/unknown@v1"]), {
    actions: { [uses.slice(6)]: folder },
    secrets: { KEY: "hunter2" },
  });
  assert.match(jobs[0]?.steps[0]?.log ?? "", /Unrecognized named-value: 'secrets'/);
  assert.is(jobs[0]?.steps[1]?.log, "no such action: acme/unknown@v1\n");
});

test("artifacts pass from job to job, and with a token to another run", async () => {
  const artifacts = new Artifacts(join(directory, "shared"));
  const sha = "3".repeat(40);
  const put = (name: string) => `uses: actions/upload-artifact@${sha}\nwith: { name: ${name}, path: out }`;
  const steps = ["shell: bash\nrun: mkdir out; echo hi > out/x", put("r-1"), put("r-2"), put("r-2")];
  const get = (lines: string) => `if: always()\nuses: actions/download-artifact@${sha}\nwith: { path: in, ${lines} }`;
  const list = "if: always()\nshell: bash\nrun: find in -type f | sort; rm -r in";
  const first = await run(
    job("a", steps) + job("b", [get("pattern: 'r-*'"), list], "    needs: a\n    if: always()\n"),
    { artifacts, runId: 7 },
  );
  assert.match(first.jobs[0]?.log ?? "", "there is an artifact r-2 already");
  assert.match(first.jobs[1]?.log ?? "", "in/r-1/x\nin/r-2/x\n");
  const other = [
    get("name: r-1, run-id: 7"),
    get(`name: r-1, run-id: 7, github-token: '${of("github.token")}'`),
    list,
    get("name: r-9"),
  ];
  const second = await run(job("a", other), { artifacts });
  assert.equal(
    second.jobs[0]?.steps.map((step) => step.conclusion),
    ["failure", "success", "success", "failure"],
  );
  assert.is(second.jobs[0]?.steps[2]?.log, "in/x\n");
  assert.is(await readFile(join(artifacts.path(7, "r-1"), "x"), "utf8"), "hi\n");
});

test("foreign text in a script is executed, as on GitHub, which is why there is a rule against it", async () => {
  const { jobs } = await run(job("a", [`shell: bash\nrun: echo "${of("github.event.title")}"`]), {
    payload: { title: '"; echo pwned; "' },
  });
  assert.match(jobs[0]?.log ?? "", "\npwned\n");
});

test("a workflow that GitHub rejects is not run", async () => {
  await run(job("a", [`run: echo ${of("githb.sha")}`])).then(
    () => assert.unreachable("it ran"),
    (error: Error) => assert.match(error.message, /^w\.yml:7:\d+: Unrecognized named-value: 'githb'/),
  );
});

test.run();

import { ActionError, type ActionInputs, type ActionRun, at, invocation } from "../../../scripts/action/invocation.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("action: invocation");
const SHA = "a".repeat(40);
const INPUTS: ActionInputs = { command: "gate", catalogue: ".", registry: "", readFrom: "", images: "", jobs: "" };
const PULL: ActionRun = {
  event: "pull_request",
  payload: { pull_request: { base: { ref: "main" }, head: { sha: SHA } } },
  repository: "Acme/Images",
  server: "https://github.com",
  sha: "b".repeat(40),
  temp: "/t",
  results: undefined,
};
const PUSH: ActionRun = { ...PULL, event: "push", payload: {} };

const call = (inputs: Partial<ActionInputs>, run: ActionRun = PULL) =>
  invocation({ ...INPUTS, ...inputs }, run).join(" ");
function refused(inputs: Partial<ActionInputs>, run: ActionRun = PULL): string {
  try {
    return `not refused: ${call(inputs, run)}`;
  } catch (error) {
    assert.instance(error, ActionError);
    return error instanceof Error ? error.message : "";
  }
}

const PROPOSAL = `--base refs/remotes/origin/main --head ${SHA}`;

test("every input has its option", () => {
  const all = { catalogue: "infra/images", readFrom: "docker://r/x", jobs: "3" };
  const catalogue = "--catalogue infra/images";
  assert.is(
    call(all),
    `gate ${PROPOSAL} --out /t/slipway-report --build --read-from docker://r/x --jobs 3 ${catalogue}`,
  );
  const since = PROPOSAL.replace("--base", "--since");
  assert.is(call({ ...all, command: "plan" }), `plan ${since} --read-from docker://r/x --matrix 3 ${catalogue}`);
  assert.is(
    call({ ...all, command: "build", images: " a\n b.c-1 " }),
    `build a b.c-1 --ref ${SHA} --registry oci:/t/slipway-state/registry --read-from docker://r/x --jobs 3 --results /t/slipway-results/results.json ${catalogue}`,
  );
  const publish = `build --ref ${PUSH.sha} --registry docker://r/y --jobs 3 --results /t/slipway-results/results.json ${catalogue}`;
  assert.is(call({ ...all, command: "publish", registry: "docker://r/y" }, PUSH), publish);
  const reconcile = publish.replace(" --jobs", " --fresh --jobs");
  assert.is(call({ ...all, command: "reconcile", registry: "docker://r/y" }, PUSH), reconcile);
  assert.is(call({ ...all, command: "report" }, PUSH), `gate --publish /t/slipway-report/report.json ${catalogue}`);
  const update = `update --publish --registry docker://r/y ${catalogue}`;
  assert.is(call({ ...all, command: "update", registry: "docker://r/y" }, PUSH), update);
});

test("results of other jobs replace building", () => {
  const gate = `gate ${PROPOSAL} --out /t/slipway-report`;
  assert.is(call({}, { ...PULL, results: ["/r/1.json", "/r/2.json"] }), `${gate} --results /r/1.json /r/2.json`);
  assert.is(call({}, { ...PULL, results: [] }), gate);
});

test("outside a pull request, a plan compares with the registry", () => {
  assert.is(
    call({ command: "plan" }, PUSH),
    `plan --registry docker://ghcr.io/acme/images --head ${PUSH.sha} --matrix 8`,
  );
});

test("malformed inputs are refused: options, paths and numbers out of range", () => {
  assert.match(refused({ command: "rm" }), 'update; not "rm"');
  for (const images of ["--registry", "a --push", "../x", "A", "a;b"]) {
    assert.match(refused({ command: "build", images }), "is not the name of an image", images);
  }
  for (const jobs of ["0", "257", "-1", "1e1", "x", "1 2"])
    assert.match(refused({ jobs }), "jobs: a whole number", jobs);
});

test("an event without the required data is refused", () => {
  const pull = (payload: unknown) => refused({}, { ...PULL, payload });
  assert.match(pull({}), "a pull_request or merge_group event is needed");
  assert.match(pull({ pull_request: { base: { ref: "" }, head: { sha: SHA } } }), "event is needed");
  assert.match(pull({ pull_request: { base: { ref: "main" }, head: { sha: "HEAD" } } }), "names no commit");
  assert.match(refused({ command: "plan" }, { ...PUSH, server: "https://git.example" }), "registry: required");
  for (const command of ["report", "publish", "reconcile", "update"]) {
    assert.match(refused({ command }), `${command} is not for pull_request`);
    for (const event of ["merge_group", "pull_request_review", "issue_comment"]) {
      assert.match(refused({ command }, { ...PUSH, event }), `${command} is not for ${event}`);
    }
  }
});

test("a nested value of a payload, and a payload without it", () => {
  assert.is(at({ a: { b: [{ c: 1 }] } }, "a", "b", "0", "c"), 1);
  assert.is(at({ a: null }, "a", "b"), undefined);
  assert.is(at("text", "length"), undefined);
});

test.run();

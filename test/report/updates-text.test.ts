import type { GroupResult } from "../../src/model/update.js";
import { updatesJson, updatesText } from "../../src/report/updates-text.js";
import { assert, suite } from "../support/suite.js";
import { digest, update } from "../support/updates.js";

const test = suite("report/updates-text");

const RESULTS: readonly GroupResult[] = [
  { group: "bases", updates: [update({ from: digest("1"), to: digest("2") })], action: "opened", pull: 7, detail: "" },
  { group: "debian", updates: [], action: "failed", pull: null, detail: "debian: \u001b[31mno network" },
  { group: "nodejs", updates: [], action: "none", pull: null, detail: "" },
];

test("one block per group, control characters made visible, groups without updates counted", () => {
  const short = (digit: string) => `sha256:${digit.repeat(12)}…`;
  assert.is(
    updatesText(RESULTS),
    `bases: opened, pull request 7
  catalog/system/debian.yaml:5  jq  ${short("1")} → ${short("2")}  apt in os

debian: not done (debian: \\x1b[31mno network)

1 update · 1 group up to date.
`,
  );
  assert.is(updatesText([]), "0 updates.\n");
});

test("JSON has everything but pointers", () => {
  const [group] = updatesJson(RESULTS).groups;
  assert.equal(Object.keys(group ?? {}).sort(), ["action", "detail", "group", "pull", "updates"]);
  assert.equal(Object.keys(group?.updates[0] ?? {}).sort(), ["file", "from", "line", "name", "to", "where"]);
});

test.run();

import type { GroupResult, Update } from "../../src/model/update.js";
import { readUpdateMarker, updateMarker, withUpdateMarker } from "../../src/model/update-marker.js";
import { updatePullText } from "../../src/report/updates-markdown.js";
import { updatesJson, updatesText } from "../../src/report/updates-text.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/updates");

const update = (fields: Partial<Update> = {}): Update => ({
  file: "catalog/system/debian.yaml",
  line: 5,
  pointer: "/packages/0/versions/0",
  name: "jq",
  from: "1.6-2",
  to: "1.6-3",
  where: "apt in os",
  ...fields,
});
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

test("the title names what there is room for", () => {
  const title = (...updates: Update[]) => updatePullText("debian", updates).title;
  assert.is(title(update()), "Update jq to 1.6-3");
  assert.is(
    title(update(), update({ file: "images/a/image.yaml" })),
    "Update jq to 1.6-3",
    "one package in two places",
  );
  assert.is(title(update(), update({ name: "curl" })), "Update debian: jq, curl");
  const many = Array.from({ length: 30 }, (_, at) => update({ name: `package-${at}` }));
  assert.is(title(...many), "Update debian: 30 entries");
  assert.is(
    title(update({ name: "r.example/os:1", to: digest("a") })),
    `Update r.example/os:1 to sha256:${"a".repeat(12)}`,
  );
});

test("the body: a hidden marker, a row each, and all that comes from elsewhere as code", () => {
  const { body, commitMessage } = updatePullText("debian", [
    update(),
    update({ file: "images/@all|<b>`x`/image.yaml" }),
  ]);
  assert.match(body, /^<!-- slipway:update v1 group=debian digest=[0-9a-f]{16} -->\n\| what \| from \| to \|/);
  assert.match(body, /^\| `jq` \| `1\.6-2` \| `1\.6-3` \| `apt in os` \| `catalog\/system\/debian\.yaml:5` \|$/m);
  assert.match(body, /\| ``images\/@all\\\|<b>`x`\/image\.yaml:5`` \|$/m);
  assert.match(commitMessage, /^Update jq to 1\.6-3\n\njq: 1\.6-2 → 1\.6-3 \(catalog\/system\/debian\.yaml\)\n/);
});

test("the body of many updates fits GitHub's limit", () => {
  const long = "x".repeat(4000);
  const many = Array.from({ length: 5000 }, (_, at) => update({ name: `${long}${at}`, file: long, where: long }));
  const { body, title } = updatePullText("debian", many);
  assert.ok(body.length < 65_536 && title.length < 256, `${body.length} ${title.length}`);
  assert.match(body, /and 4900 more/);
});

test("the marker's digest is about the changes, not about where they stand", () => {
  const marker = (...updates: Update[]) => readUpdateMarker(updatePullText("g", updates).body)?.digest;
  assert.is(marker(update(), update({ name: "curl" })), marker(update({ name: "curl", line: 9 }), update({ line: 7 })));
  assert.is.not(marker(update()), marker(update({ to: "1.6-4" })));
  assert.equal(readUpdateMarker(updateMarker({ group: "a-b", digest: null })), { group: "a-b", digest: null });
  const text = `${updateMarker({ group: "g", digest: "ab" })}\nrest`;
  assert.is(withUpdateMarker(text, { group: "g", digest: null }), "<!-- slipway:update v1 group=g overtaken -->\nrest");
  assert.is(readUpdateMarker("nothing"), undefined);
});

const RESULTS: readonly GroupResult[] = [
  { group: "bases", updates: [update({ from: digest("1"), to: digest("2") })], action: "opened", pull: 7, detail: "" },
  { group: "debian", updates: [], action: "failed", pull: null, detail: "debian: \u001b[31mno network" },
  { group: "nodejs", updates: [], action: "none", pull: null, detail: "" },
];

test("the text: a block a group, control characters made visible, quiet groups counted", () => {
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

test("the JSON has everything but pointers", () => {
  const [group] = updatesJson(RESULTS).groups;
  assert.equal(Object.keys(group ?? {}).sort(), ["action", "detail", "group", "pull", "updates"]);
  assert.equal(Object.keys(group?.updates[0] ?? {}).sort(), ["file", "from", "line", "name", "to", "where"]);
});

test.run();

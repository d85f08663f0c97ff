import { readFileSync } from "node:fs";
import { ROOT, workflowFiles } from "../support/actions/files.js";
import { entriesOf, find, textOf } from "../support/actions/nodes.js";
import { assert, suite } from "../support/suite.js";

const test = suite("workflows: documents");
const page = readFileSync(`${ROOT}docs/use-on-your-own.md`, "utf8");

test("the page shows the workflow's file", () => {
  const [, shown] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  assert.is(shown, readFileSync(`${ROOT}docs/workflows/images.yml`, "utf8"));
});

test("the page lists every input of the action, and no others", async () => {
  const action = (await workflowFiles()).find(({ name }) => name === "action.yml");
  const inputs = entriesOf(find(action?.root, "inputs")).map(([name]) => name);
  const table = page.slice(page.indexOf("## Inputs"), page.indexOf("## Settings"));
  const rows = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
  assert.equal([...new Set(rows)].sort(), [...inputs].sort());
});

test("the workflows that the report waits for have the right names, and so does the required check", async () => {
  const files = await workflowFiles();
  for (const folder of [".github/workflows", "docs/workflows"]) {
    const nameOf = (file: string) => textOf(find(files.find(({ name }) => name === `${folder}/${file}`)?.root, "name"));
    assert.equal([nameOf("images.yml"), nameOf("review.yml")], ["images", "review"]);
    const report = files.find(({ name }) => name === `${folder}/report.yml`);
    const waits = find(report?.root, "on", "workflow_run", "workflows");
    assert.equal(waits?.kind === "list" ? waits.items.map(textOf) : [], ["images", "review"], folder);
    const images = files.find(({ name }) => name === `${folder}/images.yml`);
    assert.ok(find(images?.root, "jobs", "gate") !== undefined);
    assert.is(find(images?.root, "jobs", "gate", "name"), undefined, "a name of its own would be the check's");
  }
});

test("every use of one of GitHub's actions has the same version", async () => {
  const versions = (await workflowFiles()).flatMap(({ text }) => text.match(/actions\/[a-z-]+@.*/g) ?? []);
  const names = versions.map((use) => use.split("@")[0]);
  assert.is(new Set(versions).size, new Set(names).size, [...new Set(versions)].join("\n"));
});

test.run();

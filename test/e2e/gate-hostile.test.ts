import { existsSync } from "node:fs";
import { GateProject, OWNER } from "../support/gate-project.js";
import { nestingProblem, renderMarkdown } from "../support/markdown-page.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("hostile and huge pull requests, on a forge");
let workspace: Workspace;
let project: GateProject;

test.before(async () => {
  workspace = await Workspace.create();
  project = await GateProject.create(workspace);
});
test.after(async () => {
  await project.stop();
  await workspace.remove();
});

const RUN = "/acme/images/actions/runs/77";

/** The links in a comment, without the server's address. */
const linksOf = (comment: string) =>
  [...renderMarkdown(comment).html.matchAll(/href="([^"]*)"/g)].map(([, url = ""]) => new URL(url).pathname);

test("a forged report changes only the build results", async () => {
  const clone = await project.clone("dave", "forged");
  await clone.edit("images/base/rootfs/etc/passwd", "/root", "/");
  const pull = await project.propose(clone, "dave", "Forged");
  const { report } = await project.pullRequestHalf(pull);
  const file = workspace.path("forged.json");
  const forged = { ...report, digest: "0".repeat(64), images: [], requirements: [], unchanged: ["base"], total: 1 };
  await project.main.write("../forged.json", JSON.stringify(forged));
  await project.reportHalf(pull, file);
  const [comment = ""] = await project.comments(pull);
  assert.match(comment, /6 of 6 images/);
  assert.match(comment, /needs @acme\/image-admins/);
  assert.match(comment, /the builds were made for another plan than this one/);
  assert.is((await project.check(pull))?.conclusion, "action_required");
});

test("what is not a report is refused, and nothing is written", async () => {
  const clone = await project.clone("dave", "garbage");
  await clone.edit("images/app/app.conf", "none", "blue");
  const pull = await project.propose(clone, "dave", "Garbage");
  for (const [index, text] of ["", "[]", "{}", '{"format":1}', "x".repeat(21_000_000)].entries()) {
    await project.main.write(`../garbage-${index}.json`, text);
    const { stderr } = await project.reportHalf(pull, workspace.path(`garbage-${index}.json`), 3);
    assert.match(stderr, /is not a report/);
    assert.not.match(stderr, /\n\s+at /);
  }
  assert.equal(await project.comments(pull), []);
});

const LONG = "a-name-that-is-as-long-as-only-people-who-generate-their-names-from-other-names-ever-make-them";

const HOSTILE = [
  "@everyone",
  "a|b",
  "``",
  "</details>",
  "$(touch pwned)",
  "--upload-pack=touch pwned",
  "::error::x",
  "a\n::error::b",
];

test("hostile names do no harm: branch, files, descriptions, packages", async () => {
  const branch = "x$(touch$IFS''pwned)`id`@everyone|</details>;'\"";
  const clone = await project.clone("dave", branch);
  for (const [index, name] of HOSTILE.entries()) {
    await clone.write(`images/app/${name}`, "text");
    await clone.write(
      `images/hostile-${index}/image.yaml`,
      `name: hostile-${index}\nversion: "1.0"\nparent: app\ndescription: ${JSON.stringify(`${name} \${{ secrets.TOKEN }}\n::add-mask::x`)}\nsystem-packages: [${JSON.stringify(name)}]\n`,
    );
  }
  await clone.write(
    "images/app/image.yaml",
    `${await clone.read("images/app/image.yaml")}metadata:\n  author: "@everyone"\n`,
  );
  const pull = await project.propose(clone, "dave", "</details> @everyone");
  const { report, comments, stdout, stderr, said } = await project.gate(pull, 3);
  assert.ok(report.diagnostics.length >= HOSTILE.length);
  const [comment = ""] = comments;
  const page = renderMarkdown(comment);
  assert.equal([...new Set(page.prose.match(/@[\w/-]+/g))], ["@acme/image-devs", "@acme/image-admins"]);
  assert.equal(linksOf(comment), [RUN]);
  assert.is(nestingProblem(page.tags), undefined);
  const obeyed = [stdout, stderr, said.stdout, said.stderr]
    .flatMap((text) => text.split("\n"))
    .filter((line) => /^\s*::(?!stop-commands::|[0-9a-f-]{36}::|error file=|warning file=|notice)/.test(line));
  assert.equal(obeyed, []);
  assert.not(existsSync(clone.path("pwned")));
  assert.not(existsSync(workspace.path("pwned")));
});

test("hostile refs are treated as refs that do not exist", async () => {
  for (const ref of ["--upload-pack=touch pwned", "--output=pwned", "$(touch pwned)", "a\nb", "", "-h"]) {
    const { stderr } = await project.main.expect(2, ["gate", `--base=${ref}`]);
    assert.match(stderr, /there is no commit|not a valid name|hint/);
    await project.main.expect(2, ["gate", "--base", "main", `--head=${ref}`]);
  }
  assert.not(existsSync(project.main.path("pwned")));
});

test("400 images make one valid comment under the limit, with a link to the full report", async () => {
  const clone = await project.clone("dave", "many");
  for (let index = 0; index < 400; index += 1) {
    await clone.write(
      `images/many-${index}/image.yaml`,
      `name: ${LONG}-${index}\nversion: "1.0"\nparent: app\nenv: { INDEX: "${index}" }\n`,
    );
  }
  await clone.edit("images/base/rootfs/etc/passwd", "/root", "/");
  const pull = await project.propose(clone, "dave", "Many");
  const { report, comments } = await project.gate(pull);
  assert.is(report.images.length, 406);
  const [comment = ""] = comments;
  assert.ok(comment.length <= 60_000, `${comment.length} characters`);
  assert.match(comment, /406 of 406 images/);
  assert.match(comment, /more images/);
  assert.equal([...new Set(linksOf(comment))], [RUN]);
  assert.equal(await project.labels(pull), ["rebuild: >100"]);
  const { data } = await project.as("alice").rest.pulls.get({ ...OWNER, pull_number: pull });
  assert.is(data.state, "open");
});

test.run();

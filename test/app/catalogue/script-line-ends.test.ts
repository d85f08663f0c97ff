import { mkdtempSync, rmSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadDesired } from "../../../src/app/catalogue/desired.js";
import { openWorkingTree } from "../../../src/load/git/working-tree.js";
import { builtInTemplates } from "../../../src/render/templates.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("app/catalogue/script-line-ends");
let directory = "";
test.before(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-scripts-"));
});
test.after(() => rmSync(directory, { recursive: true, force: true }));

/** What is said of a catalogue whose one image copies these files; a mode makes the artifact say it. */
async function said(files: Readonly<Record<string, string>>, { executable = true, mode = "" } = {}): Promise<string[]> {
  const folder = mkdtempSync(join(directory, "catalogue-"));
  await mkdir(join(folder, "images/a"), { recursive: true });
  const artifacts = Object.keys(files).map(
    (name) => `  - { path: "${name}", dest: /opt/${mode && `, mode: "${mode}"`} }\n`,
  );
  const image = `kind: BaseImage\nname: a\nversion: 1\nfrom: scratch\nartifacts:\n${artifacts.join("")}`;
  await writeFile(join(folder, "images/a/image.yaml"), image);
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, "images/a", name), text);
    if (executable) await chmod(join(folder, "images/a", name), 0o755);
  }
  const { diagnostics } = await loadDesired(await openWorkingTree(folder), builtInTemplates(), { today: "2026-06-01" });
  return diagnostics.map(({ file, line, column, code, hint }) => `${file}:${line}:${column} ${code} | ${hint}`);
}

test("a script whose first line ends with a carriage return is told, with a command that mends it", async () => {
  assert.equal(await said({ run: "#!/bin/sh\r\necho a\r\n" }), [
    "images/a/run:1:10 script-text | sed -i 's/\\r$//' images/a/run, and `* text eol=lf` in .gitattributes keeps it so",
  ]);
  assert.match((await said({ "my run": "#!/bin/sh\r\n" })).join(), /sed -i 's\/\\r\$\/\/' 'images\/a\/my run'/);
  assert.is(
    (await said({ run: "#!/bin/sh\r\n" }, { executable: false, mode: "0755" })).length,
    1,
    "by the artifact's mode",
  );
});

test("a byte order mark before it as well", async () => {
  assert.equal(await said({ run: "\ufeff#!/bin/sh\necho a\n" }), [
    "images/a/run:1:1 script-text | save the file as UTF-8 without a byte order mark",
  ]);
});

test("also where the file is that one line, and only as much of it is shown as a message has room for", async () => {
  assert.equal(await said({ run: "#!/bin/sh\r" }), [
    "images/a/run:1:10 script-text | sed -i 's/\\r$//' images/a/run, and `* text eol=lf` in .gitattributes keeps it so",
  ]);
  assert.equal(await said({ run: `#!/${"x".repeat(5000)}\r\n` }), [], "the kernel would not look that far either");
});

test("other files may have any line ends", async () => {
  assert.equal(await said({ data: "#!/bin/sh\r\n" }, { executable: false }), []);
  assert.equal(await said({ run: "#!/bin/sh\r\n" }, { mode: "0644" }), []);
  assert.equal(
    await said({ run: "#!/bin/sh\necho '\r\n'\r\n", program: "\u007fELF\r\n", empty: "", cut: "#!/bin/sh" }),
    [],
  );
});

test.run();

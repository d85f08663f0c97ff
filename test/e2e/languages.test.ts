import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/** A catalogue's own language, whose packages are files below /packages that a shell copies. */
const test = suite("languages");
let workspace: Workspace;
let catalogue: TestCatalogue;

const TEMPLATE = `RUN set -eu; \\
    {{prologue}} \\
    mkdir -p /srv/notes; \\
{{#each specs}}
    spec='{{this}}'; cat "/packages/\${spec%%@*}/\${spec#*@}" > "/srv/notes/\${spec%%@*}"; \\
{{/each}}
    test ! -e /media/0/env || test "$NOTES_CACHE" = /media/cache/notes
`;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace, "catalogue", {
    "catalog/languages/notes/language.yaml": `kind: Language
name: notes
scopes: [prose]
names: { patterns: ["^[a-z]+$"] }
versions: { patterns: ["^[0-9]+\\\\.[0-9*]+$"] }
spec: { any: "{name}@newest", exact: "{name}@{version}", pattern: "{name}@{prefix}.newest" }
list:
  command:
    - /bin/sh
    - -c
    - 'for file in /srv/notes/*; do read -r version < "$file"; printf "%s\\t%s\\n" "\${file##*/}" "$version"; done'
machine:
  environment: { NOTES_CACHE: "{mount}/notes" }
`,
    "catalog/languages/notes/install.hbs": TEMPLATE,
    "catalog/runtime/prose.yaml":
      'kind: RuntimePackages\nlanguage: prose\npackages:\n  - { name: poem, versions: ["1.*"] }\n  - { name: essay, versions: ["2.0"] }\n',
    "images/base/rootfs/packages/poem/1.newest": "1.7\n",
    "images/base/rootfs/packages/poem/1.2": "1.2\n",
    "images/base/rootfs/packages/essay/2.0": "2.0\n",
    "images/reader/image.yaml": `name: reader
version: "1"
parent: base
language: prose
runtime-packages: [poem, essay]
tests:
  - { file: /srv/notes/poem, contains: "1.7" }
  - { file: /srv/notes/essay, contains: "2.0" }
`,
  });
});
test.after(() => workspace.remove());

test("installs with the catalogue's own template, and checks the result", async () => {
  const { stdout } = await catalogue.expect(0, ["render", "reader"]);
  assert.match(stdout, `spec='essay@2.0'; cat "/packages/\${spec%%@*}/`);
  assert.match(stdout, "spec='poem@1.newest';");
  const built = await catalogue.expect(0, ["build", "reader"]);
  assert.match(built.stdout, /^ {2}built +reader /m);
});

test("a changed template rebuilds the images that use it, and says why", async () => {
  const head = await catalogue.commit("As it was");
  await catalogue.edit("catalog/languages/notes/install.hbs", "mkdir -p /srv/notes;", "mkdir -p /srv/notes /srv/more;");
  const { stdout } = await catalogue.expect(0, ["plan", "--base", head]);
  assert.match(stdout, /build +reader 1 +TEMPLATE a template or the package manager's call changed/);
  assert.match(stdout, /^1 image to build/m);
  await catalogue.edit("catalog/languages/notes/install.hbs", "{{#each specs}}", "{{! a comment }}\n{{#each specs}}");
  await catalogue.edit("catalog/languages/notes/install.hbs", " /srv/more", "");
  const { steps } = await catalogue.json<{ steps: unknown[] }>(["plan", "--base", head]);
  assert.equal(steps, [], "a comment of the template is no part of the Containerfile");
});

test("installed packages must be approved", async () => {
  await catalogue.write("images/base/rootfs/packages/poem/1.newest", "3.0\n");
  const { stdout } = await catalogue.expect(1, ["build", "reader"]);
  assert.match(stdout, "poem 3.0 was installed, approved: 1.*");
});

test("a broken template is a diagnostic at its line; nothing is built", async () => {
  await catalogue.edit("catalog/languages/notes/install.hbs", "{{#each specs}}", "{{#each packages}}");
  const { stdout, stderr } = await catalogue.run(["validate"]);
  assert.match(stdout + stderr, "catalog/languages/notes/install.hbs:5:9: error template: ");
  assert.match(stdout + stderr, "`packages` is no field here");
  assert.not.match(stdout + stderr, /at .*\.js:\d+/);
});

test.run();

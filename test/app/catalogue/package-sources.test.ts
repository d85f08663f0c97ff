import { packageHostText } from "../../../src/model/package-hosts.js";
import { loadMemory } from "../../support/memory-tree.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("app/catalogue/package-sources");

const DIGEST = `sha256:${"a".repeat(64)}`;
const FILES = {
  "catalog/bases.yaml": `bases:
  - { ref: "r.example/alpine:3", digest: "${DIGEST}", os: alpine, package-hosts: [apk.example, "http://apk.example"] }
  - { ref: "r.example/other:1", digest: "${DIGEST}", os: alpine, package-hosts: [other.example] }
`,
  "catalog/system/alpine.yaml": "os: alpine\npackages: [{ name: jq }]\n",
  "catalog/languages/notes/language.yaml": `name: notes
scopes: [prose]
names: { patterns: ["^[a-z]+$"] }
versions: { patterns: ["^[0-9]+$"] }
spec: { any: "{name}", exact: "{name}@{version}", pattern: "{name}@{prefix}" }
list: { command: [ls] }
machine: { hosts: ["notes.example:8443"] }
`,
  "catalog/languages/notes/install.hbs": "RUN {{prologue}} notes{{#each specs}} '{{this}}'{{/each}}\n",
  "images/base/image.yaml":
    'kind: BaseImage\nname: base\nversion: "1"\nfrom: r.example/alpine:3\npackage-hosts: [own.example]\n',
  "images/other/image.yaml": 'kind: BaseImage\nname: other\nversion: "1"\nfrom: r.example/other:1\n',
  "images/middle/image.yaml": 'name: middle\nversion: "1"\nparent: base\n',
  "images/apk/image.yaml": 'name: apk\nversion: "1"\nparent: middle\nlanguage: prose\nsystem-packages: [jq]\n',
  "images/staged/image.yaml": `name: staged
version: "1"
parent: middle
stages:
  - { name: one, parent: other, network: packages }
  - { name: two, parent: one }
`,
  "images/none/image.yaml": 'name: none\nversion: "1"\nparent: middle\nnetwork: none\nsystem-packages: [jq]\n',
};

test("hosts are those of languages and of everything that the stages stand on; nobody else is asked", async () => {
  const { desired, diagnostics } = await loadMemory(FILES);
  assert.equal(diagnostics, []);
  const sources = (name: string) => {
    const recipe = [...desired.images.values()].find(({ node }) => node.name === name)?.recipe;
    const { managers = [], hosts = [] } = recipe?.packageSources ?? {};
    return [recipe?.network, managers.join(" "), hosts.map(packageHostText).join(" ")];
  };
  assert.equal(sources("apk"), [
    undefined,
    "apk notes",
    "notes.example:8443 own.example:443 apk.example:443 http://apk.example:80",
  ]);
  assert.equal(sources("staged"), [
    "packages",
    "apk",
    "other.example:443 own.example:443 apk.example:443 http://apk.example:80",
  ]);
  assert.equal(sources("none"), ["none", "", ""]);
  assert.equal(sources("middle"), [undefined, "", ""]);
});

test.run();

import type { DnfBootstrap, ImageDefinition } from "../../src/model/definition.js";
import { ATTACKS } from "../support/attacks.js";
import { parseContainerfile } from "../support/containerfile.js";
import { catalogue, digest, type ImageFields, image } from "../support/definitions.js";
import { renderNode } from "../support/desired.js";
import { comparable, expectedInstructions, loneNode } from "../support/expected-instructions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("render/render-hostile");

const dnf = (fields: Partial<DnfBootstrap>): DnfBootstrap => ({
  manager: "dnf",
  repositories: [{ name: "r", url: "https://r.example/" }],
  releasever: "5",
  packages: ["bash"],
  ...fields,
});

/** Where an attack is put; every other field has a value that is sound. */
const FIELDS: Readonly<Record<string, (attack: string) => ImageFields>> = {
  parent: (parent) => ({ parent }),
  suite: (suite) => ({ bootstrap: { suite } }),
  variant: (variant) => ({ bootstrap: { variant } }),
  "bootstrap package": (name) => ({ bootstrap: { packages: ["adduser", name] } }),
  "repository name": (name) => ({ bootstrap: dnf({ repositories: [{ name, url: "https://r.example/" }] }) }),
  "repository URL": (url) => ({ bootstrap: dnf({ repositories: [{ name: "r", url }] }) }),
  "repository key": (gpgkey) => ({
    bootstrap: dnf({ repositories: [{ name: "r", url: "https://r.example/", gpgkey }] }),
  }),
  releasever: (releasever) => ({ bootstrap: dnf({ releasever }) }),
  "rpm of a bootstrap": (name) => ({ bootstrap: dnf({ packages: ["bash", name] }) }),
  "system package": (name) => ({ system: ["curl", name] }),
  "runtime package": (name) => ({ runtime: [name] }),
  "artifact target": (text) => ({ artifacts: [{ path: "f", target: `${text}/` }] }),
  "artifact target below a directory": (text) => ({ artifacts: [{ path: "f", target: `/srv/${text}/` }] }),
  "artifact owner": (owner) => ({ artifacts: [{ path: "f", target: "/srv/", owner }] }),
  "artifact group": (group) => ({ artifacts: [{ path: "f", target: "/srv/", owner: `app:${group}` }] }),
  "variable name": (name) => ({ env: { [name]: "1" } }),
  "variable value": (value) => ({ env: { A: value, B: "2" } }),
  "label name": (name) => ({ labels: { [name]: "1" } }),
  "label value": (value) => ({ labels: { a: value, b: "2" } }),
  port: (port) => ({ ports: [port] }),
  protocol: (text) => ({ ports: [`80/${text}`] }),
  volume: (volume) => ({ volumes: [volume] }),
  "volume below a directory": (text) => ({ volumes: [`/data/${text}`] }),
  "setup for the shell": (text) => ({ setup: [text] }),
  "setup of words": (word) => ({ setup: [["/bin/echo", word, word]] }),
  user: (user) => ({ user }),
  workdir: (workdir) => ({ workdir }),
  "workdir below a directory": (text) => ({ workdir: `/srv/${text}` }),
  entrypoint: (text) => ({ entrypoint: text }),
  "word of entrypoint": (word) => ({ entrypoint: ["/bin/echo", word] }),
  cmd: (text) => ({ cmd: text }),
  "word of cmd": (word) => ({ cmd: [word] }),
  stopsignal: (stopsignal) => ({ stopsignal }),
};

/** These are told apart from instructions by quoting alone, so most attacks must come through unharmed. */
const FREE = [
  "variable value",
  "label value",
  "setup for the shell",
  "setup of words",
  "entrypoint",
  "word of entrypoint",
  "cmd",
  "word of cmd",
];

const SOUND: ImageFields = { env: { Z: "z" }, workdir: "/srv", user: "app", cmd: ["run"] };

/** true: rendered as it was meant. false: refused with diagnostics. Anything else is a hole, and throws. */
function survives(fields: ImageFields): boolean {
  const definition = image("a", { ...SOUND, ...fields });
  const names = [...definition.systemPackages, ...definition.runtimePackages].map(({ name }) => [name, []]);
  const lists = Object.fromEntries(names);
  const all = catalogue([definition], { system: { debian: lists }, runtime: { python3: lists } });
  const rendered = renderNode(loneNode(definition), all);
  if (!rendered.ok) {
    assert.ok(rendered.diagnostics.length > 0);
    for (const { severity, file } of rendered.diagnostics)
      assert.equal([severity, file], ["error", definition.source.file]);
    return false;
  }
  const found = comparable(parseContainerfile(rendered.recipe.containerfile.text));
  assert.equal(found, expectedInstructions(definition, rendered.recipe));
  return true;
}

test("the sound fields alone are rendered", () => assert.ok(survives({})));

for (const [field, withAttack] of Object.entries(FIELDS)) {
  test(`${field}: every attack is refused, or stays the text it is`, () => {
    const passed = Object.entries(ATTACKS).filter(([name, attack]) => {
      try {
        return survives(withAttack(attack));
      } catch (error) {
        throw new Error(`${name}: ${error instanceof Error ? error.message : error}`);
      }
    });
    const harmless = passed.map(([name]) => name);
    if (FREE.includes(field)) assert.ok(harmless.length >= 24, harmless.join(", "));
    else assert.ok(harmless.length <= 3, harmless.join(", "));
  });
}

test("what passes where only names may stand", () => {
  const passing = (field: string) =>
    Object.entries(ATTACKS).flatMap(([name, attack]) => (survives(FIELDS[field]?.(attack) ?? {}) ? [name] : []));
  assert.equal(passing("user"), []);
  assert.equal(passing("workdir"), []);
  assert.equal(passing("artifact target"), ["nothing"], "that is the root directory");
  assert.equal(passing("workdir below a directory"), ["an option", "a short option", "nothing"]);
  assert.equal(passing("stopsignal"), []);
  assert.equal(passing("parent"), []);
});

test("the reference of an external base", () => {
  for (const [name, attack] of Object.entries(ATTACKS)) {
    for (const ref of [attack, `example.org/${attack}`, `example.org/os:${attack}`]) {
      const definition: ImageDefinition = image("a", { from: ref, os: "debian" });
      const all = catalogue([definition], { bases: [{ ref, digest: digest("a"), os: "debian" }] });
      const rendered = renderNode(loneNode(definition, undefined, all.bases), all);
      if (!rendered.ok) continue;
      const [from, ...rest] = parseContainerfile(rendered.recipe.containerfile.text);
      assert.equal(rest, [], name);
      assert.match(String(from?.value), /^example\.org\/[a-z0-9._/-]+@sha256:a{64}$/, name);
    }
  }
});

test("a digest that is none", () => {
  for (const bad of [
    "",
    "sha256:abc",
    `sha256:${"A".repeat(64)}`,
    `${digest("a")} AS x`,
    `${digest("a")}\nUSER root`,
  ]) {
    const definition = image("a", { from: "example.org/os:1" });
    const bases = [{ ref: "example.org/os:1", digest: bad as ReturnType<typeof digest>, os: "debian" }];
    const all = catalogue([definition], { bases });
    assert.not(renderNode(loneNode(definition, undefined, all.bases), all).ok, bad);
  }
});

test("a user that the parent leaves behind", () => {
  for (const [name, attack] of Object.entries(ATTACKS)) {
    const definition = image("a", { parent: "b", setup: ["true"] });
    assert.not(renderNode(loneNode(definition, attack), catalogue([definition])).ok, name);
  }
});

test.run();

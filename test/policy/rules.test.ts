import type { ImageDefinition } from "../../src/model/definition.js";
import { managersOf } from "../../src/packages/managers.js";
import { RULES } from "../../src/policy/rules.js";
import { resolveGraph } from "../../src/resolve/graph.js";
import {
  type CatalogueFields,
  catalogue,
  digest,
  fakeSource,
  type ImageFields,
  image,
} from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/rules");

/** What the rules say of the last of these images: `CODE pointer: message`. */
function check(images: readonly (readonly [string, ImageFields])[], fields: CatalogueFields = {}): string[] {
  const all = catalogue(
    images.map(([name, given]) => image(name, given)),
    fields,
  );
  const { graph } = resolveGraph(all);
  const node = [...graph.nodes.values()].at(-1);
  if (node === undefined) throw new Error("no image");
  return RULES.flatMap((rule) =>
    rule({ catalogue: all, graph, node, managers: managersOf(all), today: "2026-06-01" }),
  ).map(({ code, excerpt, message, file }) => `${file} ${code} ${excerpt}: ${message}`);
}

const one = (fields: ImageFields, catalogueFields?: CatalogueFields) => check([["a", fields]], catalogueFields);
const child = (parent: ImageFields, fields: ImageFields) =>
  check([
    ["base", parent],
    ["a", { parent: "base", ...fields }],
  ]);
const at = "images/a/image.yaml";

test("a sound image breaks no rule", () => {
  assert.equal(one({}), []);
  assert.equal(
    child({ language: "python3", system: ["python3-pip"] }, { system: ["curl"], runtime: ["flask"], setup: ["true"] }),
    [],
  );
});

test("a sound image asks for no position: finding one parses the file again", () => {
  const silent = (definition: ImageDefinition): ImageDefinition => ({
    ...definition,
    source: {
      ...definition.source,
      at: (pointer) => {
        throw new Error(`the position of ${pointer} was asked for`);
      },
    },
  });
  const base = image("base", { language: "python3", system: ["python3-pip"], metadata: { extendable: true } });
  const fields: ImageFields = {
    parent: "base",
    system: ["curl"],
    runtime: ["flask"],
    setup: ["true"],
    env: { A: "1" },
  };
  const all = catalogue([silent(base), silent(image("a", { ...fields, entrypoint: "a", tags: ["edge"] }))]);
  const { graph } = resolveGraph(all);
  for (const node of graph.nodes.values())
    for (const rule of RULES)
      assert.equal(rule({ catalogue: all, graph, node, managers: managersOf(all), today: "2026-06-01" }), []);
});

test("base-only: from and bootstrap belong to base images", () => {
  assert.equal(one({ kind: "Image", from: "scratch" }), [
    `${at} base-only /from key: only a BaseImage may use \`from\``,
  ]);
  assert.equal(one({ kind: "Image" }), [`${at} base-only /bootstrap key: only a BaseImage may use \`bootstrap\``]);
  assert.equal(one({ kind: "BaseImage", from: "scratch" }), []);
  assert.equal(child({}, { kind: "BaseImage" }), [], "a base image may have a parent");
});

test("unknown-base", () => {
  const bases = [{ ref: "example.org/os:1", digest: digest("a") }];
  assert.equal(one({ from: "example.org/os:1" }, { bases }), []);
  assert.equal(one({ from: "scratch" }), []);
  assert.equal(one({ from: "example.org/os:2" }, { bases }), [
    `${at} unknown-base /from: "example.org/os:2" is not in catalog/bases.yaml`,
  ]);
});

test("not-extendable", () => {
  assert.equal(child({ metadata: { extendable: false } }, {}), [
    `${at} not-extendable /parent: nothing may derive from base`,
  ]);
  assert.equal(child({}, {}), []);
});

test("language-mismatch and os-mismatch: repeated, not changed", () => {
  assert.equal(child({ language: "python3" }, { language: "python3", os: "debian" }), []);
  assert.equal(child({}, { language: "python3" }), [], "a language may be added");
  assert.equal(child({ language: "python3" }, { language: "nodejs" }), [
    `${at} language-mismatch /language: language "nodejs" does not agree with the parent's (python3)`,
  ]);
  assert.equal(child({}, { os: "photon" }), [
    `${at} os-mismatch /os: os "photon" does not agree with the parent's (debian)`,
  ]);
  assert.equal(child({ from: "scratch" }, { os: "debian" }), [
    `${at} os-mismatch /os: os "debian" does not agree with the parent's (none)`,
  ]);
});

test("no-os: packages need something to be installed on", () => {
  assert.equal(one({ from: "scratch", system: ["curl"] }), [
    `${at} no-os /system-packages key: there is no operating system to install packages on`,
  ]);
});

test("photon-packages on another system", () => {
  assert.equal(one({ system: ["curl"], systemPackagesKey: "photon-packages" }), [
    `${at} os-mismatch /photon-packages key: \`photon-packages\` on an image of debian`,
  ]);
});

test("no-package-manager", () => {
  assert.equal(one({ from: "scratch", os: "plan9", system: ["curl"] }), [
    `${at} no-package-manager /system-packages key: Slipway does not know what installs packages on plan9`,
  ]);
  assert.equal(one({ from: "scratch", os: "photon", system: ["curl"], systemPackagesKey: "photon-packages" }), []);
  assert.equal(one({ language: "cobol", runtime: ["x"] }), [
    `${at} no-package-manager /runtime-packages key: there is no package manager for cobol`,
  ]);
  assert.equal(one({ language: "cobol" }), [], "a language without packages needs no manager");
});

test("no-os: photon-packages say which system that would be", () => {
  const all = catalogue([image("a", { from: "scratch", system: ["curl"], systemPackagesKey: "photon-packages" })]);
  const { graph } = resolveGraph(all);
  const [node] = graph.nodes.values();
  const found = node
    ? RULES.flatMap((rule) => rule({ catalogue: all, graph, node, managers: managersOf(all), today: "2026-06-01" }))
    : [];
  assert.ok(found.some(({ code, hint }) => code === "no-os" && hint === "write `os: photon` in the base image"));
});

const DNF = { manager: "dnf", repositories: [{ name: "r", url: "https://r.example/" }], releasever: "5" } as const;

test("bootstrap-manager: what a bootstrap installs is approved by its system's list", () => {
  const bootstrap = { ...DNF, packages: ["bash"] };
  assert.equal(one({ os: "photon", bootstrap }), []);
  assert.equal(one({ os: "fedora", bootstrap }), []);
  assert.equal(one({ bootstrap }), [`${at} no-os /bootstrap key: a bootstrap by dnf needs an \`os\``]);
  assert.equal(one({ os: "debian", bootstrap }), [
    `${at} bootstrap-manager /bootstrap/manager: the packages of debian are installed by apt, not by dnf`,
  ]);
  assert.equal(one({ os: "plan9", bootstrap: { packages: ["bash"] } }), [
    `${at} bootstrap-manager /bootstrap/manager: the packages of plan9 are unknown, not by apt`,
  ]);
  assert.equal(one({ os: "plan9", bootstrap: {} }), [], "nothing is to be approved");
});

test("no-language", () => {
  assert.equal(one({ runtime: ["flask"] }), [
    `${at} no-language /runtime-packages key: \`runtime-packages\` needs a \`language\``,
  ]);
});

test("no-shell: commands for a shell where there is none", () => {
  assert.equal(one({ from: "scratch", setup: [["/bin/tool"], "true"] }), [
    `${at} no-shell /setup/1: there is no operating system, so no shell to run this`,
  ]);
  const command = `${at} no-shell /run/cmd: there is no operating system, so no shell to run this`;
  assert.equal(one({ from: "scratch", entrypoint: ["/bin/tool"], cmd: "serve" }), [command]);
  assert.equal(one({ setup: ["true"] }), []);
});

const RESERVED = [`k-${"0".repeat(64)}`, `t-${"f".repeat(64)}`, `sha256-${"a".repeat(64)}`];
const reserved = (place: string, tag: string) => `${place}: ${JSON.stringify(tag)} is a tag that Slipway uses itself`;

test("reserved-version: a version that is a tag of Slipway's", () => {
  for (const version of ["latest", ...RESERVED])
    assert.equal(one({ version }), [reserved(`${at} reserved-version /version`, version)]);
  for (const version of ["k-1", "sha256-1", `k-${"0".repeat(63)}`]) assert.equal(one({ version }), []);
});

test("reserved-version: tags of the definition's own, where they are written", () => {
  for (const tag of RESERVED)
    assert.equal(one({ tags: ["edge", tag] }), [reserved(`${at} reserved-version /tags/1`, tag)]);
  assert.equal(one({ tags: ["latest", "k-1"] }), []);
});

test("reserved-version: default tags of the settings, where they are written", () => {
  const settings = (...tags: string[]) => ({
    settings: { defaults: { env: [], labels: [], tags }, source: fakeSource("slipway.yaml") },
  });
  for (const tag of RESERVED)
    assert.equal(one({}, settings("edge", tag)), [reserved("slipway.yaml reserved-version /defaults/tags/1", tag)]);
  assert.equal(one({ tags: [] }, settings(...RESERVED)), [], "no image has them");
  assert.equal(one({}, settings("latest", "k-1")), []);
});

test("every diagnostic has a hint, and is an error", () => {
  const all = catalogue([image("a", { kind: "Image", from: "scratch", runtime: ["x"], system: ["y"], setup: ["z"] })]);
  const { graph } = resolveGraph(all);
  const [node] = graph.nodes.values();
  if (node === undefined) throw new Error("no image");
  const context = { catalogue: all, graph, node, managers: managersOf(all), today: "2026-06-01" };
  const found = RULES.flatMap((rule) => rule(context));
  assert.is(found.length, 4);
  for (const { hint, severity } of found) assert.equal([typeof hint, severity], ["string", "error"]);
});

test.run();

import { createHash } from "node:crypto";
import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RegistryCheck } from "../../src/model/registry-check.js";
import { TestCatalogue } from "../support/catalogue.js";
import { flipByte } from "../support/flip-byte.js";
import { layoutContent } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

interface Verified extends RegistryCheck {
  readonly whole: boolean;
}

interface Descriptor {
  readonly digest: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const test = suite("verify: an OCI layout");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  await catalogue.expect(0, ["build"]);
});
test.after(() => workspace.remove());

const VERIFY = ["verify", "--registry"];
const registry = () => catalogue.path(".slipway/registry");
const index = () => join(registry(), "index.json");
const blob = (digest: string) => join(registry(), "blobs/sha256", digest.slice("sha256:".length));
const json = async (path: string) => JSON.parse(await readFile(path, "utf8"));

async function entryOf(ref: string): Promise<Descriptor> {
  const { manifests } = await json(index());
  return manifests.find((entry: Descriptor) => Object.values(entry.annotations).includes(ref));
}

const manifestOf = async (ref: string) => json(blob((await entryOf(ref)).digest));
const listOf = async (name: string) => {
  const { digest } = await entryOf(`${name}:latest`);
  return entryOf(`${name}:${digest.replace(":", "-")}`);
};

/** Digests that lead from index.json to bytes with another digest, or to none, by the simplest means that there are. */
async function bruteForce(): Promise<readonly string[]> {
  const { manifests } = await json(index());
  const wanted: string[] = manifests.map(({ digest }: Descriptor) => digest);
  const wrong: string[] = [];
  for (const digest of wanted) {
    const bytes = await readFile(blob(digest)).catch(() => Buffer.alloc(0));
    if (`sha256:${createHash("sha256").update(bytes).digest("hex")}` !== digest) wrong.push(digest);
    else if (/^\{.*"(?:config":\{"mediaType|manifests":\[)/.test(bytes.toString())) {
      const named = bytes.toString().match(/sha256:[0-9a-f]{64}/g) ?? [];
      wanted.push(...named.filter((one) => !wanted.includes(one)));
    }
  }
  return [...new Set(wrong)].sort();
}

const damagedBlobs = ({ damage }: RegistryCheck) => [...new Set(damage.flatMap(({ blob: one }) => one ?? []))].sort();

/** A kind of damage: what is done, and what is said of it. */
type Case = readonly [title: string, damage: () => Promise<unknown>, said: readonly string[]];

const CASES: readonly Case[] = [
  [
    "a flipped bit in a manifest",
    async () => flipByte(blob((await entryOf("app:latest")).digest)),
    ["app manifest digest"],
  ],
  ["a missing manifest", async () => rm(blob((await entryOf("blue:latest")).digest)), ["blue manifest missing"]],
  [
    "a flipped bit in a configuration",
    async () => flipByte(blob((await manifestOf("tools:latest")).config.digest)),
    ["tools configuration digest"],
  ],
  [
    "a layer of four images that is cut",
    async () => truncate(blob((await manifestOf("tools:latest")).layers.at(-1).digest), 100),
    ["app layer size", "blue layer size", "green layer size", "tools layer size"],
  ],
  [
    "a flipped bit in a layer",
    async () => flipByte(blob((await manifestOf("green:latest")).layers.at(-1).digest)),
    ["green layer digest"],
  ],
  [
    "a flipped bit in a list of documents",
    async () => flipByte(blob((await listOf("side")).digest)),
    ["side list of documents digest"],
  ],
  [
    "a document that is missing",
    async () => rm(blob((await json(blob((await listOf("side")).digest))).manifests[0].digest)),
    ["side document missing"],
  ],
  [
    "a flipped bit in the text of a document",
    async () => {
      const [first] = (await json(blob((await listOf("app")).digest))).manifests;
      await flipByte(blob((await json(blob(first.digest))).layers[0].digest));
    },
    ["app document digest"],
  ],
  [
    "a damaged line of index.json",
    async () => writeFile(index(), (await readFile(index(), "utf8")).replace('{"mediaType', '{"mediaType\u0000')),
    ["null index unreadable"],
  ],
  ["an index.json of zeros", async () => writeFile(index(), Buffer.alloc(300)), ["null index unreadable"]],
];

test("a registry that is whole", async () => {
  const { stdout } = await catalogue.expect(0, VERIFY);
  assert.match(stdout, /^oci:\.slipway\/registry: whole$/m);
  assert.match(stdout, /^ {2}\d+ tags, 6 images, \d+ documents, 0 package files$/m);
  const verified = await catalogue.json<Verified>(VERIFY);
  assert.is(verified.whole, true);
  assert.equal(verified.damage, []);
  assert.is(verified.counts.blobs, (await readdir(join(registry(), "blobs/sha256"))).length);
  assert.equal(await bruteForce(), []);
});

for (const [title, damage, said] of CASES) {
  test(`${title}: it is found, repaired and built again`, async () => {
    const before = layoutContent(registry());
    await damage();
    const verified = JSON.parse((await catalogue.expect(1, [...VERIFY, "--json"])).stdout) as Verified;
    assert.is(verified.whole, false);
    const found = verified.damage.map(({ image, part, kind }) => `${image} ${part} ${kind}`);
    if (said[0] !== "null index unreadable") assert.equal(damagedBlobs(verified), await bruteForce());
    assert.equal([...new Set(found)].sort(), said);
    const { stdout } = await catalogue.expect(1, [...VERIFY, "--repair"]);
    assert.match(stdout, /^Repaired:$/m);
    for (const image of new Set(verified.damage.flatMap((one) => one.image ?? []))) {
      assert.match(stdout, new RegExp(`^ {2}done +${image} .*slipway build ${image}$`, "m"));
    }
    await catalogue.expect(0, ["build"]);
    const after = await catalogue.json<Verified>(VERIFY);
    assert.equal(after.damage, []);
    assert.equal(layoutContent(registry()), before);
  });
}

test("a damaged download of the state is found and removed", async () => {
  const sha256 = createHash("sha256").update("right").digest("hex");
  const file = catalogue.path(".slipway/cache/downloads/sha256", sha256);
  await catalogue.write(`.slipway/cache/downloads/sha256/${sha256}`, "right");
  await catalogue.expect(0, VERIFY);
  await writeFile(file, "wrong");
  assert.match((await catalogue.expect(1, [...VERIFY, "--repair"])).stdout, `${file}  has other bytes`);
  await catalogue.expect(0, VERIFY);
});

test("what is not there to be verified", async () => {
  assert.match((await catalogue.expect(2, ["verify"])).stderr, /hint: slipway verify --registry reads all/);
  const port = "docker://127.0.0.1:1/team";
  assert.match((await catalogue.expect(4, [...VERIFY, port])).stderr, /127\.0\.0\.1:1 cannot be reached/);
  assert.match((await catalogue.expect(0, [...VERIFY, "oci:nothing"])).stdout, /whole\n +0 tags, 0 images/);
});

test.run();

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { ImpactReport } from "../../src/report/impact-text.js";
import { actionProtocol } from "../support/action-protocol.js";
import { ROOT } from "../support/actions/files.js";
import type { TestCatalogue } from "../support/catalogue.js";
import { claimedProtocols } from "../support/claimed-protocols.js";
import { functionEssentials } from "../support/function-essentials.js";
import { imageConfig, startImage } from "../support/image-runtime.js";
import { blocksOf } from "../support/page-blocks.js";
import { randomBodies } from "../support/random-bodies.js";
import { referenceCatalogue, referenceEnv } from "../support/reference-catalogue.js";
import type { StartRuntime } from "../support/runtime-process.js";
import { assert, suite } from "../support/suite.js";
import { unpackImage } from "../support/unpack-image.js";
import { Workspace } from "../support/workspace.js";

/** This repository's catalogue as `npm start` builds it, with one locked image, and the reports on its contents. */
const test = suite("the reference catalogue");
let workspace: Workspace;
let catalogue: TestCatalogue;

interface Built {
  readonly results: readonly { readonly image: string; readonly outcome: string; readonly imageId: string | null }[];
}

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await referenceCatalogue(workspace);
});

const env = () => referenceEnv(workspace);
const json = <T>(...args: readonly string[]) => catalogue.json<T>(args, 0, { env: env() });

let images: readonly string[] = [];
const imageIds = new Map<string, string>();

test("all of it is built, and then there is nothing to do", async () => {
  const { results } = await json<Built>("build");
  images = results.map(({ image }) => image);
  for (const { image, imageId } of results) imageIds.set(image, imageId ?? "");
  assert.equal(
    results.map(({ outcome }) => outcome),
    images.map(() => "built"),
  );
  const again = await json<Built>("build");
  assert.equal(
    again.results.map(({ outcome }) => outcome),
    images.map(() => "unchanged"),
  );
});

const KEPT = ["*var/lib/dpkg/status", "*node_modules/*/package.json", "*var/lib/dpkg/info/*.list"];

/** The file system's own lists of packages. */
function unpacked(image: string): string {
  const directory = workspace.path(`unpacked-${image}`);
  if (!existsSync(directory)) unpackImage(catalogue.path(".slipway/registry"), `${image}:latest`, directory, KEPT);
  return directory;
}

/** Packages found by searching the unpacked file system, independently of Slipway. */
function bruteForce(image: string, name: string): string[] {
  const directory = unpacked(image);
  const found = debs(directory).filter(({ Package, Source }) => Package === name || Source?.split(" ")[0] === name);
  // Node.js packages inside Debian packages belong to Debian.
  const owned = new Set(
    debs(directory).length === 0
      ? []
      : readdirSync(`${directory}/var/lib/dpkg/info`).flatMap((file) =>
          readFileSync(`${directory}/var/lib/dpkg/info/${file}`, "utf8").split("\n"),
        ),
  );
  const modules = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(`node_modules/${name}/package.json`) && !owned.has(`/${path}`),
  );
  const versions = modules.map((path) => JSON.parse(readFileSync(`${directory}/${path}`, "utf8")).version as string);
  return [...found.map(({ Version }) => Version), ...versions].map((version) => `${image} ${version}`);
}

function debs(directory: string): Record<string, string>[] {
  const status = `${directory}/var/lib/dpkg/status`;
  if (!existsSync(status)) return [];
  const entries = readFileSync(status, "utf8").trim().split("\n\n");
  const fields = entries.map((entry) =>
    [...entry.matchAll(/^([A-Za-z-]+): (.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  return fields.map((pairs) => Object.fromEntries(pairs));
}

test("impact agrees with a search of all file systems", async () => {
  for (const name of [
    "openssl",
    "libssl3",
    "tini",
    "python3-flask",
    "libpq5",
    "jq",
    "express",
    "ms",
    "pg",
    "nothing",
  ]) {
    const { images: found, unknown } = await json<ImpactReport>("impact", name);
    const said = found.flatMap(({ image, packages }) => packages.map(({ version }) => `${image} ${version}`));
    const seen = images.flatMap((image) => bruteForce(image, name));
    assert.equal(said.sort(), seen.sort(), name);
    assert.is(seen.length > 0, name !== "nothing", name);
    assert.equal(unknown, []);
  }
});

test("an SBOM lists exactly what dpkg and npm list", async () => {
  const { components } = await json<{ components: { purl?: string; name: string; group?: string; version: string }[] }>(
    "sbom",
    "nodejs-guestbook",
  );
  const of = (type: string) => components.filter(({ purl }) => purl?.startsWith(`pkg:${type}/`));
  const directory = unpacked("nodejs-guestbook");
  const shown = execFileSync(
    "dpkg-query",
    [`--admindir=${directory}/var/lib/dpkg`, "--show", "--showformat=${Package} ${Version}\\n"],
    { encoding: "utf8" },
  );
  assert.equal(
    of("deb")
      .map(({ name, version }) => `${name} ${version}`)
      .sort(),
    shown.trim().split("\n").sort(),
  );
  const npm = of("npm").map(({ name, group, version }) => ({ name: group ? `${group}/${name}` : name, version }));
  const names = [...new Set(npm.map(({ name }) => name))];
  assert.ok(
    ["express", "pg", "pino", "@pinojs/redact"].every((name) => names.includes(name)),
    names.join(" "),
  );
  const listed = npm.map(({ name, version }) => `${name}: nodejs-guestbook ${version}`);
  const seen = names.flatMap((name) => bruteForce("nodejs-guestbook", name).map((found) => `${name}: ${found}`));
  assert.equal(listed.sort(), seen.sort());
});

test("the function of the README's example is built, and refused where its handler is wrong", async () => {
  const readme = readFileSync(`${ROOT}README.md`, "utf8");
  const definition = blocksOf(readme).find(({ text }) => text.startsWith("# images/shouting/image.yaml\n"))?.text ?? "";
  await catalogue.write("images/shouting/image.yaml", definition);
  const handler = "images/shouting/app/handler.py";
  await catalogue.write(handler, "def handle(context):\n    return {}\n");
  const refused = await catalogue.expect(1, ["build", "shouting"], { env: env() });
  const said = /^ {2}\| (function-validate: .*)$/m.exec(refused.stdout)?.[1] ?? "";
  assert.ok(readme.includes(`  | ${said}\n`), refused.stdout);
  await catalogue.write(handler, 'def handle(context, payload):\n    return {"text": payload["text"].upper()}\n');
  await catalogue.expect(0, ["build", "shouting"], { env: env() });
  await catalogue.delete("images/shouting");
});

test("vendored packages are enough: the same bytes without a package source and with an empty cache", async () => {
  const { stored, missing } = await json<{ stored: unknown[]; missing: unknown[] }>("vendor");
  assert.ok(stored.length > 10);
  assert.equal(missing, []);
  await rm(catalogue.path(".slipway/cache/packages"), { recursive: true });
  const path = "images/nodejs-guestbook/image.yaml";
  await catalogue.write(path, `${await catalogue.read(path)}rebuild: { nonce: "1", reason: to see it }\n`);
  const nowhere = { ...env(), npm_config_registry: "http://127.0.0.1:9/" };
  const { results } = await catalogue.json<Built>(["build", "nodejs-guestbook"], 0, { env: nowhere });
  const { outcome, imageId } = results.find(({ image }) => image === "nodejs-guestbook") ?? {};
  assert.equal([outcome, imageId], ["built", imageIds.get("nodejs-guestbook")]);
});

/** Images that take a module with a protocol; each is tested against it. */
const { actions: ACTIONS, functions: FUNCTIONS } = await claimedProtocols();
const storage = () => catalogue.path(".slipway/storage");

test("the images that take a module with a protocol claim it by their labels, and no others", async () => {
  const claimed = async (label: string, value: string | undefined) => {
    const found: string[] = [];
    for (const [name, id] of imageIds)
      if ((await imageConfig(storage(), id)).Labels?.[label] === value) found.push(name);
    return found.sort();
  };
  assert.ok(ACTIONS.size >= 6 && FUNCTIONS.length >= 4);
  assert.equal(await claimed("example.protocol", "openwhisk-action"), [...ACTIONS.keys()].sort());
  assert.equal(await claimed("example.protocol", "function"), [...FUNCTIONS].sort());
  for (const language of ["nodejs", "python3"] as const)
    assert.equal(
      await claimed("example.action", language),
      [...ACTIONS].flatMap(([name, takes]) => (takes === language ? [name] : [])).sort(),
    );
});

test.run();

const start =
  (name: string): StartRuntime =>
  (env) =>
    startImage(storage(), imageIds.get(name) ?? "", env);

// What answers is the module, and all images of a language have the same one: test/exhaustive/reference-images.test.ts has the others.
for (const [language, name] of new Map([...ACTIONS].map(([image, takes]) => [takes, image] as const))) {
  const conformance = suite(`the image ${name}`);
  actionProtocol(conformance, start(name), language);
  conformance("1,000 random bodies: always an answer", () => randomBodies(start(name), language));
  conformance.run();
}

const servers = suite("the function images");
for (const name of FUNCTIONS)
  servers(`${name}: health, calls, and mistakes`, () => functionEssentials(name, start(name)));
servers.after(() => workspace.remove());
servers.run();

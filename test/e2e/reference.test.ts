import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { load } from "js-yaml";
import type { ImpactReport } from "../../src/report/impact-text.js";
import { actionProtocol } from "../support/action-protocol.js";
import { ROOT } from "../support/actions/files.js";
import { archiveAccess } from "../support/archive-access.js";
import { TestCatalogue } from "../support/catalogue.js";
import { claimedProtocols } from "../support/claimed-protocols.js";
import { functionEssentials } from "../support/function-essentials.js";
import { imageConfig, startImage } from "../support/image-runtime.js";
import { runInContainer, type Security } from "../support/ordinary-container.js";
import { blocksOf } from "../support/page-blocks.js";
import { randomBodies } from "../support/random-bodies.js";
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
  catalogue = await TestCatalogue.empty(workspace, "catalogue", { ".gitignore": ".slipway/\n" });
  for (const path of ["slipway.yaml", "slipway.lock", "catalog", "images", "policies"])
    await cp(`${ROOT}${path}`, catalogue.path(path), { recursive: true });
  await catalogue.commit("The reference catalogue");
});

/** The environment of `npm start`, including this machine's way to npm's packages. */
const env = () => ({ ...workspace.env, ...archiveAccess(), ...npmAccess(process.env) });

function npmAccess(from: NodeJS.ProcessEnv): Record<string, string> {
  const userconfig = from.npm_config_userconfig ?? `${from.HOME}/.npmrc`;
  const values: NodeJS.ProcessEnv = {
    ...from,
    ...(existsSync(userconfig) ? { npm_config_userconfig: userconfig } : {}),
  };
  const wanted = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "npm_config_registry", "npm_config_userconfig"];
  return Object.fromEntries(wanted.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));
}
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

const tried = new Set<string>();
for (const [name, language] of ACTIONS) {
  const conformance = suite(`the image ${name}`);
  actionProtocol(conformance, start(name), language);
  // What answers them is the module: all images of a language have the same one.
  if (!tried.has(language))
    conformance("1,000 random bodies: always an answer", () => randomBodies(start(name), language));
  tried.add(language);
  conformance.run();
}

const inside = suite("the image slipway");

const PAGE = readFileSync(`${ROOT}docs/install.md`, "utf8");

/** A YAML block of docs/install.md. */
const job = (key: string) =>
  blocksOf(PAGE)
    .filter(({ language }) => language === "yaml")
    .map(({ text }) => load(text) as Record<string, unknown>)
    .find((document) => key in document);

/** Runs a command on two images in a container of the image, as its user. */
async function runInside(name: string, command: readonly string[], security: Security = {}, owner = "1000:1000") {
  const small = await TestCatalogue.create(workspace, name);
  for (const image of ["app", "blue", "green", "side"]) await small.delete(`images/${image}`);
  await small.commit("Two images");
  execFileSync("chown", ["--recursive", owner, small.directory]);
  execFileSync("chmod", ["--recursive", "a+rwX", small.directory]);
  const image = { storage: storage(), imageId: imageIds.get("slipway") ?? "" };
  return await runInContainer(image, small.directory, command, security);
}

inside("builds images without root in an ordinary container, as the job for Kubernetes says", async () => {
  const pod = (job("spec") as { spec: { template: { spec: { containers: { command: string[] }[] } } } }).spec.template
    .spec;
  const { code, stdout, stderr } = await runInside("ordinary", pod.containers[0]?.command ?? []);
  assert.is(code, 0, stdout + stderr);
  assert.match(stdout, "\n2 built in ");
});
inside("builds a checkout of another user, as the job for GitLab says", async () => {
  const { variables, script } = (job("images") as { images: { variables: Record<string, string>; script: string[] } })
    .images;
  const set = Object.entries({ ...variables, CI_PROJECT_DIR: "/home/build/work" }).map(
    ([key, value]) => `${key}=${value}`,
  );
  const command = ["env", ...set, "sh", "-ec", script.join("\n")];
  const { code, stdout, stderr } = await runInside("another-user", command, {}, "0:0");
  assert.is(code, 0, stdout + stderr);
  assert.match(stdout, "\n2 built in ");
});
inside("builds images without root in containers of their own, where the host covers nothing of /proc", async () => {
  const { code, stdout, stderr } = await runInside("uncovered", ["slipway", "build"], { procMount: "Unmasked" });
  assert.is(code, 0, stdout + stderr);
  assert.match(stdout, "\n2 built in ");
  assert.not(stdout.includes("with chroot isolation"));
});
inside("builds nothing by itself with less isolation than it was asked for", async () => {
  const { code, stdout, stderr } = await runInside("covered", ["slipway", "build"]);
  assert.is(code, 4, stdout + stderr);
  assert.match(stderr, "--isolation chroot");
});
inside("builds nothing where it may not map IDs", async () => {
  const command = ["slipway", "build", "--isolation", "chroot"];
  const { code, stdout, stderr } = await runInside("no-ids", command, { allowPrivilegeEscalation: false });
  assert.not(code === 0, stdout + stderr);
});
inside.run();

const servers = suite("the function images");
for (const name of FUNCTIONS)
  servers(`${name}: health, calls, and mistakes`, () => functionEssentials(name, start(name)));
servers.after(() => workspace.remove());
servers.run();

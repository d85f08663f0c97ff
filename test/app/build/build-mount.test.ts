import { mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareMount } from "../../../src/app/build/build-mount.js";
import type { PackageGroup } from "../../../src/app/build/locked-files.js";
import type { LockedPackage } from "../../../src/model/lock.js";
import type { BuildJob } from "../../../src/run/runner.js";
import { containerfileFrom } from "../../support/containerfile-from.js";
import { packNpm } from "../../support/npm-registry.js";
import { removeTree } from "../../support/remove-tree.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("app/build/build-mount");
let directory: string;

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-build-mount-"));
});
test.after(() => removeTree(directory));

const CONTAINERFILE = containerfileFrom("FROM localhost/a AS one\nFROM localhost/b\n");

const entry = (
  manager: "pip" | "npm",
  name: string,
  version: string,
  fields: Partial<LockedPackage> = {},
): LockedPackage => {
  return {
    manager,
    name,
    version,
    file: `${name}-${version}.whl`,
    size: 1,
    sha256: `${name}${version}`,
    why: [],
    ...fields,
  };
};

const LOCKED = [
  entry("npm", "a", "2.0.0", { why: ["b"] }),
  entry("npm", "a", "1.0.0"),
  entry("pip", "x", "2"),
  entry("pip", "x", "1", { stage: "one" }),
];

async function prepare(network: "none" | "host") {
  const own = await mkdtemp(join(directory, "image-"));
  const taken: string[] = [];
  const sources = {
    store: {
      add: () => Promise.reject(new Error("nothing is added")),
      take: async (sha256: string, to: string) => {
        taken.push(sha256);
        await writeFile(to, sha256.startsWith("a") ? packNpm("a", sha256.slice(1)).bytes : sha256);
        return true;
      },
    },
    upstream: (_group: PackageGroup) => Promise.reject(new Error("nobody is asked")),
    withMutex: () => Promise.reject(new Error("nothing is fetched")),
    temporary: own,
  };
  const packages = [{ kind: "runtime", manager: "npm", name: "a", approved: [], argument: "a" }] as const;
  const recipe = { containerfile: CONTAINERFILE, context: [], packages, locked: { packages: LOCKED } };
  const job = { recipe, signal: new AbortController().signal } as unknown as BuildJob;
  const env = network === "none" ? {} : { https_proxy: "http://proxy" };
  const common = { sources, managers: [], runId: "r", caBundle: undefined, aptSettings: async () => undefined };
  const deps = { ...common, networkOf: () => network, settingsFor: () => ({ env, config: {} }) };
  return { own, taken, made: await prepareMount(deps, job, own) };
}

test("each stage has its own settings and packages; those of earlier stages are fetched first", async () => {
  const { own, taken, made } = await prepare("none");
  assert.equal(taken, ["x1", "a2.0.0", "a1.0.0", "x2"]);
  assert.equal(await readdir(join(own, "packages")), ["0", "1"]);
  assert.equal(await readdir(join(own, "packages/0/pip")), ["x-1.whl"]);
  assert.equal(await readdir(join(own, "packages/1/pip")), ["x-2.whl"]);
  assert.equal(
    [...made.volumes],
    [
      ["/media", join(own, "machine")],
      ["/media/packages", join(own, "packages")],
    ],
  );
  assert.is(made.cache, join(own, "closed/cache"));
  assert.is((await stat(join(own, "closed"))).mode & 0o777, 0o700, "the machine's other users can reach it");
  assert.equal([made.settingsOf(0), made.settingsOf(1)], ["/media/0/env", "/media/1/env"]);
  const env = await readFile(join(own, "machine/0/env"), "utf8");
  assert.match(env, /PIP_FIND_LINKS='\/media\/packages\/0\/pip'/);
  assert.match(env, /PATH=\/media\/0\/bin:/);
  assert.not.match(env, /proxy/);
});

test("what was asked for in no version is the latest, whatever else is there", async () => {
  const { own } = await prepare("none");
  const versions = JSON.parse(await readFile(join(own, "packages/1/npm/versions.json"), "utf8")) as {
    version: string;
  }[];
  assert.equal(
    versions.map(({ version }) => version),
    ["1.0.0", "2.0.0"],
  );
});

test("with the machine's network its proxies are passed, too", async () => {
  const { own } = await prepare("host");
  assert.match(await readFile(join(own, "machine/1/env"), "utf8"), /https_proxy='http:\/\/proxy'/);
});

test.run();

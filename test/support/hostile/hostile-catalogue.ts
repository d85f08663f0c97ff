import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildResult } from "../../../src/model/plan.js";
import { archiveAccess } from "../archive-access.js";
import { PYTHON_BASE, publishBase } from "../base-images.js";
import { TestCatalogue } from "../catalogue.js";
import { writeDebArchive } from "../deb-archive.js";
import { assert } from "../suite.js";
import type { Workspace } from "../workspace.js";
import { Host } from "./host.js";
import type { HostFacts, HostileRow } from "./row.js";

const LIST = `kind: SystemPackages
os: debian
packages: [{ name: python3 }, { name: python3-pip }, { name: tool }, { name: other }]
`;

/** Images with everything that a hostile one has, except hostility. */
const INNOCENT = { setup: ["echo innocent > /etc/innocent"] };
const IDLE = { setup: ["true"] };

export type RowsFor = (host: HostFacts) => readonly HostileRow[];

const NOWHERE: HostFacts = { directory: "", secret: "", url: "", service: "", socket: "", pid: 0, device: [0, 0] };

/** The rows whose names match HOSTILE_ROWS, a regular expression, by which one finds out which of them does harm; or all. */
export const selected = (rowsFor: RowsFor): readonly HostileRow[] =>
  rowsFor(NOWHERE).filter(({ name }) => new RegExp(process.env.HOSTILE_ROWS ?? "").test(name));

/** A catalogue with an archive of its own in which hostile and innocent images are built on one machine. */
export class HostileCatalogue {
  private constructor(
    readonly catalogue: TestCatalogue,
    readonly host: Host,
    readonly env: Readonly<Record<string, string>>,
    /** A registry that has only the base. */
    readonly base: string,
  ) {}

  static async create(workspace: Workspace): Promise<HostileCatalogue> {
    const files = await archives(workspace);
    const host = await Host.create(workspace.path("host"), files);
    const catalogue = await TestCatalogue.empty(workspace, "catalogue", {
      "slipway.yaml": "kind: Settings\nregistry: oci:.slipway/registry\nbuilder: { timeout: 5 }\n",
      "catalog/system/debian.yaml": LIST,
      "policies/packages.yaml":
        "kind: PackagePolicy\napproval: { system: closure, runtime: closure }\nexcept: [python]\n",
      "policies/images.yaml":
        "kind: ImagePolicy\nsetup: { allow: [{ images: [allowed-*], paths: ['/*'], kinds: [setting], reason: a test }] }\n",
      "images/python/image.yaml": PYTHON_BASE,
    });
    const registry = workspace.path("base");
    await publishBase(catalogue, "python", { registry, env: { ...workspace.env, ...archiveAccess() } });
    const sources = workspace.path("sources.list");
    await writeFile(sources, `deb [trusted=yes] ${host.facts.url}/archive ./\n`);
    return new HostileCatalogue(catalogue, host, { ...workspace.env, SLIPWAY_APT_SOURCES: sources }, registry);
  }

  /** Writes the images of the selected rows. */
  async add(rowsFor: RowsFor): Promise<void> {
    const chosen = new Set(selected(rowsFor).map(({ name }) => name));
    for (const { name, image, more = {} } of rowsFor(this.host.facts))
      if (chosen.has(name))
        for (const [each, keys] of Object.entries({ ...more, [name]: image })) await this.write(each, keys);
  }

  async write(name: string, keys: Readonly<Record<string, unknown>>): Promise<void> {
    const image = {
      name,
      version: "1",
      parent: "python",
      "system-packages": ["tool"],
      tests: [{ file: "/escaped", exists: false }],
      ...keys,
    };
    await this.catalogue.write(`images/${name}/image.yaml`, `${JSON.stringify(image, null, 1)}\n`);
  }

  /** Writes two images that are the same in every run: one like the hostile ones, and one that does nothing. */
  async addInnocent(): Promise<void> {
    await this.write("innocent", INNOCENT);
    await this.write("idle", IDLE);
  }

  /** Builds images, all of them anew; whether they succeed is for the results to say. */
  async build(...names: readonly string[]): Promise<ReadonlyMap<string, BuildResult>> {
    // A registry that has an image of the same key would be believed.
    const registry = this.catalogue.path(`registry-${this.#runs++}`);
    await cp(this.base, registry, { recursive: true });
    const args = ["build", "--json", "--jobs", "2", "--registry", `oci:${registry}`, ...names];
    const { stdout, stderr } = await this.catalogue.run(args, { env: this.env });
    assert.ok(stdout, stderr);
    const { results } = JSON.parse(stdout) as { results: BuildResult[] };
    return new Map(results.map((result) => [result.image, result]));
  }

  #runs = 0;

  /** The state directory as far as a later build uses it: types, modes and contents by path. */
  state(): ReadonlyMap<string, string> {
    return new Map(entries(this.catalogue.path(".slipway"), ""));
  }
}

/** Where an image adds entries of its own, named by what they are or were made from. Those that are there must stay. */
const ADDED = /^\/(?:logs|tmp|locks|cache\/(?:inventory|attribution|package-files|closures|indexes|packages))(?:\/|$)/;

/** What every run writes anew: apt's mark has the run's number. */
const RENEWED =
  /^\/(?:logs|locks)\/|^\/(?:last-results|probe|cache\/(?:durations|checked-blobs\/[0-9a-f]+))\.json$|^\/cache\/indexes\/[^/]+\/apt\/(?:updated-|srcpkgcache\.bin$)/;

/** A file of the package store is its own hash. */
const isForged = (path: string, state: string) =>
  /\/packages\/sha256\/[0-9a-f]{64}$/.test(path) && !path.includes(`/${state.split(" ")[1]}`);

/** What is in `after` that is not as in `before`, and not what an image may add. */
export function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  return paths
    .filter((path) => {
      const [old, now] = [before.get(path), after.get(path)];
      if (old === now || RENEWED.test(path)) return false;
      return old !== undefined || !ADDED.test(path) || isForged(path, now ?? "");
    })
    .map((path) => `${path}: ${before.get(path)} -> ${after.get(path)}`);
}

async function archives(workspace: Workspace): Promise<Map<string, Buffer | string>> {
  const deb = (name: string, says: string) => ({
    name,
    version: "1.0",
    programs: { [`/usr/bin/${name}`]: `#!/bin/sh\necho ${says}\n` },
  });
  const good = ["tool", "other", "unapproved"].map((name) => deb(name, `good ${name}`));
  const sets = { archive: good, evil: [deb("tool", "evil"), deb("other", "evil")] };
  const files = new Map<string, Buffer | string>();
  for (const [folder, debs] of Object.entries(sets)) {
    const directory = workspace.path(folder);
    await writeDebArchive(directory, debs);
    for (const name of readdirSync(directory)) files.set(`/${folder}/${name}`, await readFile(join(directory, name)));
  }
  return files;
}

/** Each path with what is there; `shown`: the path, as it is told. */
function entries(path: string, shown: string): (readonly [string, string])[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || shown === "/storage") return [];
  const mode = stats.mode.toString(8);
  if (stats.isDirectory())
    return [[`${shown}/`, mode], ...readdirSync(path).flatMap((name) => entries(join(path, name), `${shown}/${name}`))];
  if (stats.isSymbolicLink()) return [[shown, `-> ${readlinkSync(path)}`]];
  // Device nodes and FIFOs must not be read, and nor must a sparse file of a terabyte.
  if (!stats.isFile() || stats.size > 1e8) return [[shown, `${mode} ${stats.size}`]];
  return [[shown, `${mode} ${createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 12)}`]];
}

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

/** An image with everything that a hostile one has, except hostility. */
export const INNOCENT = { setup: ["echo innocent > /etc/innocent"] };

type RowsFor = (host: HostFacts) => readonly HostileRow[];

const NOWHERE: HostFacts = { directory: "", secret: "", url: "", socket: "", pid: 0, device: [0, 0] };

/** The rows whose names match HOSTILE_ROWS, a regular expression, by which one finds out which of them does harm; or all. */
export const selected = (rowsFor: RowsFor): readonly HostileRow[] =>
  rowsFor(NOWHERE).filter(({ name }) => new RegExp(process.env.HOSTILE_ROWS ?? "").test(name));

/** A catalogue with an archive of its own in which hostile and innocent images are built on one machine. */
export class HostileCatalogue {
  private constructor(
    readonly catalogue: TestCatalogue,
    readonly host: Host,
    readonly env: Readonly<Record<string, string>>,
  ) {}

  static async create(workspace: Workspace): Promise<HostileCatalogue> {
    const files = await archives(workspace);
    const host = await Host.create(workspace.path("host"), files);
    const catalogue = await TestCatalogue.empty(workspace, "catalogue", {
      "slipway.yaml": "kind: Settings\nregistry: oci:.slipway/registry\nbuilder: { timeout: 5 }\n",
      "catalog/system/debian.yaml": LIST,
      "policies/packages.yaml":
        "kind: PackagePolicy\napproval: { system: closure, runtime: closure }\nexcept: [python]\n",
      "images/python/image.yaml": PYTHON_BASE,
    });
    const registry = workspace.path("base");
    await publishBase(catalogue, "python", { registry, env: { ...workspace.env, ...archiveAccess() } });
    await cp(registry, catalogue.path(".slipway/registry"), { recursive: true });
    const sources = workspace.path("sources.list");
    await writeFile(sources, `deb [trusted=yes] ${host.facts.url}/archive ./\n`);
    return new HostileCatalogue(catalogue, host, { ...workspace.env, SLIPWAY_APT_SOURCES: sources });
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

  /** Builds images; whether they succeed is for the results to say. */
  async build(...names: readonly string[]): Promise<ReadonlyMap<string, BuildResult>> {
    const { stdout } = await this.catalogue.run(["build", "--json", "--jobs", "2", ...names], { env: this.env });
    const { results } = JSON.parse(stdout) as { results: BuildResult[] };
    return new Map(results.map((result) => [result.image, result]));
  }

  /** Builds an innocent image, whose ID is that of every other innocent image. */
  async innocent(name: string): Promise<string> {
    await this.write(name, INNOCENT);
    const { imageId, error } = (await this.build(name)).get(name) ?? {};
    return imageId ?? `${error?.code}: ${error?.message}`;
  }

  /** What builds share beside images: paths with type, mode and content. */
  shared(): string[] {
    const state = this.catalogue.path(".slipway");
    return ["machine", "cache/packages", "cache/downloads"].flatMap((part) => entries(join(state, part), part));
  }
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

function entries(path: string, shown: string): string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  const mode = stats.mode.toString(8);
  if (stats.isDirectory())
    return [
      `${shown}/ ${mode}`,
      ...readdirSync(path)
        .sort()
        .flatMap((name) => entries(join(path, name), `${shown}/${name}`)),
    ];
  if (stats.isSymbolicLink()) return [`${shown} -> ${readlinkSync(path)}`];
  // Device nodes and FIFOs must not be read, and nor must a sparse file of a terabyte.
  if (!stats.isFile() || stats.size > 1e8) return [`${shown} ${mode} ${stats.size}`];
  // The number of a run stands in some files.
  const content = readFileSync(path, "latin1").replaceAll(/\b[0-9a-f]{16}\b/g, "RUN");
  return [`${shown} ${mode} ${createHash("sha256").update(content).digest("hex").slice(0, 12)}`];
}

/** Checks how a row ended. */
export function checkRow({ name, expect }: HostileRow, result: BuildResult | undefined): void {
  assert.ok(result, "there is no result");
  const { outcome, error } = result;
  const told = `${outcome} ${error?.code ?? ""} ${error?.message ?? ""}`;
  if (expect === "clean") {
    assert.ok(outcome === "built" || error?.code === "BUILD_FAILED" || error?.code === "NOT_APPROVED", told);
    return;
  }
  assert.is(error?.code, "NOT_APPROVED", told);
  const place = new RegExp(`^images/${name}/image\\.yaml:\\d+:\\d+: [a-z-]+: `);
  assert.ok(
    error?.tail?.some((line) => place.test(line)),
    `no place: ${error?.tail?.join("\n")}`,
  );
}

import { posix } from "node:path";
import type { Catalogue } from "../../model/catalogue.js";
import type { Body } from "../../model/definition.js";
import type { DesiredImage } from "../../model/desired.js";
import type { ImageName } from "../../model/names.js";
import { kindOf, TYPE_OF_MANAGER } from "../../model/package-types.js";
import { changingDays } from "../../policy/changing-days.js";
import { keyText, parentsText } from "../../resolve/key.js";
import { keyInputsOf } from "../../resolve/observe.js";
import { hashFrom, keepState, STATE_BYTES } from "../../system/sha256.js";
import { TextTable } from "../../system/text-table.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import { InheritedDigests } from "./inherited-digest.js";
import { packageId } from "./package-id.js";
import { type Columns, INHERITED_BYTES, KEY_BYTES, type Lists, type Snapshot } from "./snapshot.js";

/**
 * The snapshot of a whole, sound catalogue as it is on a day. undefined: there can be none, as symbolic links may connect paths that it would treat as
 * separate, and submodules bring files that Git does not list.
 */
export function makeSnapshot(loaded: LoadedCatalogue, today: string): Snapshot | undefined {
  const { catalogue, desired, tree, diagnostics } = loaded;
  const { commit, settings } = desired;
  if (commit === null || tree.hasSubmodules) return undefined;
  for (const { path, mode } of tree.files.values()) if (mode === "120000" || path.includes("\n")) return undefined;
  const images = [...desired.images.values()];
  const shared = new Shared();
  const places = placesOf(catalogue);
  const columns = columnsOf(images, { loaded, shared, places });
  const until = nextOf(changingDays(catalogue), today);
  const roots = invert(images, (image) => image.node.stages.flatMap(({ bodies }) => bodies.flatMap(rootsOf)));
  const packages = invert(images, (image) => packagesOf(image, catalogue));
  return {
    head: {
      ...{ commit, from: today, warnings: diagnostics, isolation: settings.builderIsolation },
      ...(until === undefined ? {} : { until }),
      replacements: images.flatMap(({ node }) => node.definition.metadata.deprecated?.replacement ?? []),
      ...shared.values(),
    },
    columns,
    names: TextTable.of(images.map(({ node }) => node.name)),
    files: TextTable.of(places.files),
    ...{ roots: roots.table, rootUsers: roots.lists, packages: packages.table, packageUsers: packages.lists },
  };
}

/** The first of some days (since 1970-01-01) after today. */
function nextOf(days: readonly number[], today: string): string | undefined {
  const next = days.map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10)).filter((day) => day > today);
  return next.sort()[0];
}

/** Values that many images have, each once. */
class Shared {
  readonly versions = new Numbers();
  readonly platforms = new Numbers();
  readonly tags = new Numbers();
  readonly afters = new Numbers();

  values() {
    const [versions, platforms, afters] = [this.versions, this.platforms, this.afters].map(({ texts }) => texts);
    const tags = this.tags.texts.map((text) => JSON.parse(text) as string[]);
    return { versions: versions ?? [], platforms: platforms ?? [], afters: afters ?? [], tags };
  }
}

class Numbers {
  readonly #numbers = new Map<string, number>();

  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  get texts(): readonly string[] {
    return [...this.#numbers.keys()];
  }
}

interface Places {
  readonly files: readonly string[];
  readonly byName: ReadonlyMap<ImageName, { readonly file: number; readonly place: number }>;
}

/** The file of each definition and the image's place in it, in the order in which definitions are read. */
function placesOf({ images }: Catalogue): Places {
  const files = new Numbers();
  const byName = new Map<ImageName, { readonly file: number; readonly place: number }>();
  const counts: number[] = [];
  for (const [name, { source }] of images) {
    const file = files.of(source.file);
    const place = counts[file] ?? 0;
    counts[file] = place + 1;
    byName.set(name, { file, place });
  }
  return { files: files.texts, byName };
}

interface Making {
  readonly loaded: LoadedCatalogue;
  readonly shared: Shared;
  readonly places: Places;
}

function columnsOf(images: readonly DesiredImage[], { loaded, shared, places }: Making): Columns {
  const { desired } = loaded;
  const size = images.length;
  const numbers = () => new Uint32Array(size);
  const parents = parentLists(images);
  const columns = {
    ...{ version: numbers(), platform: numbers(), tags: numbers(), after: numbers() },
    ...{ level: numbers(), file: numbers(), place: numbers(), parents, derives: new Uint8Array(size) },
    ...{ key: new Uint8Array(size * KEY_BYTES), tests: new Uint8Array(size * KEY_BYTES) },
    inherited: new Uint8Array(size * INHERITED_BYTES),
    state: new Uint8Array(size * STATE_BYTES),
  };
  const digests = new InheritedDigests(loaded);
  const keys: string[] = [];
  for (const [at, image] of images.entries()) {
    const { node, tags, testsDigest } = image;
    const place = places.byName.get(node.name);
    columns.version[at] = shared.versions.of(node.definition.version);
    columns.platform[at] = shared.platforms.of(node.platform);
    columns.tags[at] = shared.tags.of(JSON.stringify(tags));
    columns.level[at] = node.level;
    columns.file[at] = place?.file ?? 0;
    columns.place[at] = place?.place ?? 0;
    columns.derives[at] = node.parent === undefined ? 0 : 1;
    columns.tests.set(Buffer.from(testsDigest, "hex"), at * KEY_BYTES);
    if (node.children.length > 0)
      columns.inherited.set(Buffer.from(digests.of(node.name), "hex"), at * INHERITED_BYTES);
    const { before, after } = keyText(keyInputsOf(image, desired.settings));
    columns.after[at] = shared.afters.of(after);
    keepState(Buffer.from(before), columns.state, at * STATE_BYTES);
    const above = [...parents.images.subarray(parents.starts[at], parents.starts[at + 1])];
    const more = parentsText(above.map((parent) => keys[parent] as never)) + after;
    const key = hashFrom(columns.state, at * STATE_BYTES, Buffer.from(more));
    keys.push(key);
    columns.key.set(Buffer.from(key, "hex"), at * KEY_BYTES);
  }
  return columns;
}

function parentLists(images: readonly DesiredImage[]): Lists {
  const numbers = new Map(images.map(({ node }, at) => [node.name, at]));
  const starts = new Uint32Array(images.length + 1);
  const parents: number[] = [];
  for (const [at, { node }] of images.entries()) {
    for (const parent of node.parents) parents.push(numbers.get(parent) as number);
    starts[at + 1] = parents.length;
  }
  return { starts, images: Uint32Array.from(parents) };
}

/** The images by what they have. */
function invert(images: readonly DesiredImage[], pick: (image: DesiredImage) => readonly string[]) {
  const users = new Map<string, number[]>();
  for (const [at, image] of images.entries()) {
    for (const text of pick(image)) {
      const others = users.get(text);
      if (others === undefined) users.set(text, [at]);
      else if (others.at(-1) !== at) others.push(at);
    }
  }
  const starts = new Uint32Array(users.size + 1);
  let sum = 0;
  for (const [index, list] of [...users.values()].entries()) {
    sum += list.length;
    starts[index + 1] = sum;
  }
  const lists: Lists = { starts, images: Uint32Array.from([...users.values()].flat()) };
  return { table: TextTable.of([...users.keys()]), lists };
}

/** The packages whose approval concerns an image: what it requests, and all that it has according to the lockfile. */
function packagesOf({ recipe, node }: DesiredImage, { lock }: Catalogue): readonly string[] {
  const { origin } = node.definition;
  const bootstrap = origin.type === "bootstrap" ? origin.bootstrap.packages : [];
  const locked = lock?.find(node.name)?.packages ?? [];
  return [
    ...recipe.packages.map(({ kind, name }) => packageId(kind, name)),
    ...bootstrap.map((name) => packageId("system", name)),
    ...locked.map(({ manager, name }) => packageId(kindOf(TYPE_OF_MANAGER[manager] ?? "deb"), name)),
  ];
}

/** The paths of the catalogue that a body names, and those of a module's own file. */
function rootsOf({ source, folder, artifacts, runtimeManifest }: Body): readonly string[] {
  const paths = artifacts.flatMap((artifact) => (artifact.type === "path" ? [artifact.path] : []));
  // The package manager's lock file beside the package manifest may be added or removed.
  if (runtimeManifest !== undefined) paths.push(posix.dirname(runtimeManifest.path));
  const roots = paths.map((path) => artifactRoot(folder, path));
  return source.file.startsWith("images/") ? roots : [source.file, ...roots];
}

const artifactRoot = (folder: string, path: string) =>
  posix.normalize(path.startsWith("/") ? path.slice(1) : `${folder}/${path}`).replace(/\/$/, "");

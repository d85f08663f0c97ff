import type { Place } from "../../../model/diagnostic.js";
import * as nameForm from "../../kinds/schema/forms/names.js";
import type { Fields } from "../fields.js";
import { fits, nativeName } from "../fits.js";
import { readForeignYaml } from "../foreign-yaml.js";
import { type NativeBody, packageOf } from "../native.js";
import { beside } from "../paths.js";
import { DEFAULT_VERSION } from "../reference.js";
import type { DescriptorTools } from "./tools.js";

/** Reads `modules`: where they are, and which of them are installed. */
export function readModules(fields: Fields, body: NativeBody, tools: DescriptorTools): void {
  const modules = fields.mapping("modules");
  for (const repository of modules?.mappings("repositories") ?? []) search(repository, tools);
  for (const wanted of modules?.mappings("install") ?? []) {
    const name = wanted.required("name");
    const version = wanted.text("version");
    wanted.leftovers("a module");
    if (name === undefined) continue;
    const module = install({ name, version, place: wanted.at("name") }, tools);
    if (module !== undefined) body.modules.push(module);
  }
  modules?.leftovers("`modules`");
}

function search(repository: Fields, tools: DescriptorTools): void {
  const { files, notes, searched, base = "" } = tools;
  repository.text("name");
  repository.text("description");
  const git = repository.mapping("git");
  if (git !== undefined) {
    const url = git.text("url") ?? "";
    const ref = git.text("ref");
    const at = ref === undefined ? url : `${url} at ${ref}`;
    git.leftovers("`git`");
    notes.warning(
      repository.place,
      `the modules of ${at} are not read`,
      "check it out beside the descriptor, and give it as `path`",
    );
  }
  const path = repository.text("path");
  repository.leftovers("a repository of modules");
  if (path === undefined) return;
  const folder = path.startsWith("/") ? undefined : beside(base === "" ? path : `${base}/${path}`);
  const kind = folder === undefined ? "outside" : files.kind(folder);
  if (folder === undefined || kind === "outside")
    notes.error(
      repository.at("path"),
      `\`${path}\` leads out of the document's folder`,
      "copy the modules into the folder",
    );
  else if (kind !== "directory") notes.error(repository.at("path"), `there is no folder \`${path}\``);
  else if (!searched.has(folder)) {
    searched.add(folder);
    const { files: all, outside } = files.below(folder);
    for (const link of outside)
      notes.error(repository.at("path"), `\`${link}\` is a link that leads out of the document's folder`);
    const descriptors = all.filter((file) => /(?:^|\/)module\.yaml$/.test(file));
    for (const file of descriptors) readFound(file, repository.at("path"), tools);
  }
}

function readFound(file: string, place: Place, { files, notes, repositoryModules }: DescriptorTools): void {
  const folder = file.replace(/\/?module\.yaml$/, "");
  if (repositoryModules.some((module) => module.folder === folder)) return;
  const text = files.read(file);
  if (text === undefined) {
    notes.error(place, `\`${file}\` cannot be read: it is no text, or too large`);
    return;
  }
  const [node] = readForeignYaml(file, text, notes);
  if (node === undefined || !(node.value instanceof Map)) return;
  const value = (key: string): string | undefined => {
    const text = node.value instanceof Map ? node.value.get(key)?.node.value : undefined;
    return typeof text === "string" && text !== "" ? text : undefined;
  };
  const name = value("name");
  if (name === undefined) notes.error(node.place, "`name` is missing");
  else repositoryModules.push({ name, version: value("version"), folder, node });
}

interface Wanted {
  readonly name: string;
  readonly version: string | undefined;
  readonly place: Place;
}

/** Has a module written unless that has happened already. Returns how an image refers to it. */
function install({ name, version, place }: Wanted, { notes, repositoryModules, targets }: DescriptorTools) {
  const matching = repositoryModules.filter(
    (module) => module.name === name && (version ?? module.version) === module.version,
  );
  const [module] = matching;
  if (module === undefined) {
    const others = repositoryModules.filter((other) => other.name === name).map((other) => other.version ?? "none");
    const hint = others.length > 0 ? `there is version ${others.join(", ")}` : "name its repository by `path`";
    notes.error(place, `there is no module \`${name}\`${version === undefined ? "" : ` in version ${version}`}`, hint);
    return undefined;
  }
  const native = moduleName(name);
  const number = fits(nameForm.IMAGE_VERSION, module.version ?? "") ? (module.version ?? "") : DEFAULT_VERSION;
  if (native === "") {
    notes.error(place, `\`${name}\` is not a name of a module`);
    return undefined;
  }
  const key = `${native} ${number}`;
  if (!targets.has(key)) {
    const isTaken = [...targets.keys()].some((other) => other.startsWith(`${native} `));
    const folder = `catalog/modules/${isTaken ? `${native}-${nativeName(number)}` : native}`;
    targets.set(key, { module, name: native, version: number, folder });
  }
  return packageOf(native, version === undefined ? undefined : number);
}

const moduleName = (name: string) => {
  const native = name
    .split("/")
    .map((part) => nativeName(part))
    .filter(Boolean)
    .join("/");
  return fits(nameForm.MODULE_NAME, native) ? native : "";
};

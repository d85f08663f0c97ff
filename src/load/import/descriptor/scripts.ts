import * as textForm from "../../kinds/schema/forms/texts.js";
import { copyNearby } from "../copying.js";
import { Fields } from "../fields.js";
import { bodyFields, changed, mapping, type NativeBody } from "../native.js";
import { beside } from "../paths.js";
import { readDescriptorBody } from "./body.js";
import type { DescriptorTools, ModuleTarget } from "./tools.js";

/** Where CEKit puts a module's files before its scripts run; it removes them at the end of the image. */
const SCRIPTS = "/tmp/scripts";
/** They are in a folder of their own: the native definition is not part of them. */
const FOLDER = "scripts";

/** Writes the modules that images need, and those that these modules need. */
export function writeModules(tools: DescriptorTools): void {
  // What a module needs is added to the end of the targets while they are iterated.
  for (const target of tools.targets.values()) writeModule(target, tools);
}

function writeModule({ module, name, version, folder }: ModuleTarget, tools: DescriptorTools): void {
  const { imported, notes } = tools;
  const fields = Fields.of(module.node, "a module", notes);
  if (fields === undefined) return;
  const own: DescriptorTools = { ...tools, folder, base: module.folder };
  fields.text("name");
  const was = fields.text("version") ?? version;
  const description = fields.formed("description", textForm.ANY_TEXT);
  const { body } = readDescriptorBody(fields, own);
  readScripts(fields, body, { module, target: folder, tools: own });
  fields.ignore({ schema_version: "the format is the one of this version", osbs: "it is for another build service" });
  fields.leftovers("a module");
  const value = mapping({
    kind: "Module",
    name: changed(name, module.name),
    version: changed(version, was),
    description,
    ...bodyFields(body),
  });
  imported.definitions.push({ path: `${folder}/module.yaml`, value });
}

interface Scripts {
  readonly module: ModuleTarget["module"];
  readonly target: string;
  readonly tools: DescriptorTools;
}

/** A module's whole folder is present while its scripts run: they may use anything in it. */
function readScripts(fields: Fields, body: NativeBody, { module, target, tools }: Scripts): void {
  const { files, notes } = tools;
  const scripts = fields.mappings("execute");
  if (scripts.length === 0) return;
  const dest = `${SCRIPTS}/${module.name}`;
  const all = files.below(module.folder).files;
  const names = new Set(all);
  const nested = all
    .filter((file) => file.endsWith("/module.yaml"))
    .map((file) => file.slice(0, -"module.yaml".length));
  const others = nested.filter((folder) => folder !== `${module.folder}/`);
  const isOther = (file: string) =>
    file === `${module.folder}/module.yaml` || others.some((folder) => file.startsWith(folder));
  const { folder: base } = module;
  const request = { path: ".", base, folder: target, into: FOLDER, place: fields.at("execute"), isIgnored: isOther };
  if (copyNearby(request, tools) === undefined) return;
  body.artifacts.push(mapping({ path: FOLDER, dest }));
  for (const script of scripts) {
    const name = script.required("script");
    const user = script.text("user") ?? "root";
    script.text("name");
    script.leftovers("a script");
    if (name === undefined) continue;
    const path = beside(name);
    if (path === undefined || !names.has(`${module.folder}/${path}`))
      notes.error(script.at("script"), `there is no script \`${name}\` in the module \`${module.name}\``);
    if (user !== "root" && user !== "0")
      notes.warning(script.at("user"), `\`${name}\` was run by the user ${user}; setup commands are run by root`);
    body.setup.push(["sh", "-x", `${dest}/${path ?? name}`]);
  }
}

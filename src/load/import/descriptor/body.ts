import type { Place } from "../../../model/diagnostic.js";
import * as addressForm from "../../kinds/schema/forms/addresses.js";
import type { Form } from "../../kinds/schema/forms/form.js";
import * as nameForm from "../../kinds/schema/forms/names.js";
import * as pathForm from "../../kinds/schema/forms/paths.js";
import * as personForm from "../../kinds/schema/forms/people.js";
import * as textForm from "../../kinds/schema/forms/texts.js";
import type { Fields } from "../fields.js";
import { fits } from "../fits.js";
import type { Located } from "../foreign-yaml.js";
import { commented, mapping, type NativeBody, type NativeValue, newBody, packageOf, plain } from "../native.js";
import { noteDanger } from "../note-danger.js";
import type { Notes } from "../notes.js";
import { managerOf, readSpec } from "../package-specs.js";
import { absolute } from "../paths.js";
import { readArtifacts } from "./artifacts.js";
import { readModules } from "./modules.js";
import type { DescriptorTools } from "./tools.js";

export interface ReadBody {
  readonly body: NativeBody;
  /** The operating system that its package manager belongs to. */
  readonly os: string | undefined;
}

/** Reads what images, stages and modules of a descriptor have in common. */
export function readDescriptorBody(fields: Fields, tools: DescriptorTools): ReadBody {
  const body = newBody();
  readLabels(fields, body);
  readEnvironment(fields, body);
  readPorts(fields, body);
  readVolumes(fields, body);
  readRun(fields, body);
  const os = readPackages(fields, body);
  readArtifacts(fields, body, tools);
  readModules(fields, body, tools);
  return { body, os };
}

const withDescription = (value: string, description: string | undefined): NativeValue =>
  description === undefined ? value : commented(description, value);

function readLabels(fields: Fields, body: NativeBody): void {
  for (const label of fields.mappings("labels")) {
    const name = label.required("name");
    const value = label.text("value") ?? "";
    const description = label.text("description");
    label.leftovers("a label");
    if (name === undefined) continue;
    if (fits(nameForm.LABEL_NAME, name) && fits(textForm.ANY_TEXT, value))
      body.labels.set(name, withDescription(value, description));
    else
      label.notes.warning(
        label.at("name"),
        `the label \`${name}\` is not carried over: ${nameRule(nameForm.LABEL_NAME)}`,
      );
  }
}

const nameRule = ({ patternErrorMessage }: Form) => `names are ${patternErrorMessage}`;

/** Variables without a value only document what a container can be given. */
function readEnvironment(fields: Fields, body: NativeBody): void {
  for (const variable of fields.mappings("envs")) {
    const name = variable.required("name");
    const value = variable.node("value");
    const example = variable.text("example");
    const description = variable.text("description");
    const text = typeof value?.value === "string" ? value.value : undefined;
    variable.leftovers("a variable");
    if (name === undefined) continue;
    const { notes } = variable;
    if (value === undefined) {
      const says = [description, example === undefined ? undefined : `for instance ${example}`]
        .filter(Boolean)
        .join("; ");
      notes.note(variable.place, `the variable \`${name}\` has no value and is not carried over${says && `: ${says}`}`);
    } else if (text === undefined) notes.error(value.place, "`value` must be text");
    else if (fits(nameForm.ENV_NAME, name) && fits(textForm.ANY_TEXT, text)) {
      noteDanger(notes, variable.place, name, text);
      body.env.set(name, withDescription(text, description));
    } else
      notes.warning(
        variable.at("name"),
        `the variable \`${name}\` is not carried over: ${nameRule(nameForm.ENV_NAME)}`,
      );
  }
}

function readPorts(fields: Fields, body: NativeBody): void {
  for (const port of fields.mappings("ports")) {
    const value = port.required("value");
    const exposed = port.text("expose");
    const service = port.text("service");
    const description = port.text("description") ?? service;
    const protocol = port.text("protocol");
    port.leftovers("a port");
    if (value === undefined) continue;
    const written =
      protocol === undefined || protocol === "tcp" || value.includes("/") ? value : `${value}/${protocol}`;
    if (!fits(addressForm.PORT_AND_PROTOCOL, written)) {
      port.notes.warning(port.at("value"), `the port \`${written}\` is not carried over`);
      continue;
    }
    const number = plain(written);
    const native = exposed === "false" ? mapping({ value: number, expose: plain("false") }) : number;
    body.ports.push(description === undefined ? native : commented(description, native));
  }
}

function readVolumes(fields: Fields, body: NativeBody): void {
  for (const volume of fields.mappings("volumes")) {
    const name = volume.formed("name", textForm.LINE);
    const path = volume.required("path");
    volume.leftovers("a volume");
    if (path === undefined) continue;
    const native = absolute(path);
    if (!path.startsWith("/") || !fits(pathForm.ABSOLUTE_PATH, native))
      volume.notes.warning(
        volume.at("path"),
        `the volume \`${path}\` is not carried over: it must be an absolute path`,
      );
    else body.volumes.push(name === undefined ? native : mapping({ name, path: native }));
  }
}

function readRun(fields: Fields, body: NativeBody): void {
  const run = fields.mapping("run");
  if (run === undefined) return;
  const user = run.formed("user", personForm.OWNER);
  if (user !== undefined) body.run.set("user", user);
  const workdir = run.formed("workdir", pathForm.ABSOLUTE_PATH);
  if (workdir !== undefined) body.run.set("workdir", absolute(workdir));
  for (const key of ["entrypoint", "cmd"]) {
    const words = run.list(key).flatMap((word) => wordOf(word, run));
    if (words.length > 0) body.run.set(key, words);
  }
  run.ignore({ name: "a run section needs none" });
  run.leftovers("`run`");
}

function wordOf(node: Located, { notes }: Fields): string[] {
  if (typeof node.value === "string") return [node.value];
  notes.error(node.place, "a command is a list of words");
  return [];
}

const WITHOUT_PACKAGES = {
  content_sets: "where packages come from is a matter of the machine that builds",
  content_sets_file: "where packages come from is a matter of the machine that builds",
  manager_flags: "packages are installed in one way",
};

function readPackages(fields: Fields, body: NativeBody): string | undefined {
  const packages = fields.mapping("packages");
  if (packages === undefined) return undefined;
  const { notes } = packages;
  const named = packages.text("manager");
  const manager = named === undefined ? undefined : managerOf(named);
  if (named !== undefined && manager === undefined)
    notes.warning(
      packages.at("manager"),
      `the package manager \`${named}\` is not known; what it is follows from \`os\``,
    );
  for (const node of packages.list("install")) {
    if (typeof node.value !== "string") {
      notes.error(node.place, "a package is named by its name");
      continue;
    }
    const spec = readSpec(manager?.name ?? "dnf", node.value);
    if (spec === undefined)
      notes.warning(node.place, `\`${node.value}\` is not carried over: it is not a name of a package`);
    else body.systemPackages.push(packageOf(spec.name, spec.version));
  }
  const repositories = packages.node("repositories");
  if (repositories !== undefined) warnRepositories(repositories.place, notes);
  const removed = packages.list("remove");
  for (const { place } of removed) notes.warning(place, "packages are not removed: this is not carried over");
  packages.ignore(WITHOUT_PACKAGES);
  packages.leftovers("`packages`");
  return manager?.system;
}

const warnRepositories = (place: Place, notes: Notes) =>
  notes.warning(
    place,
    "package repositories are not carried over",
    "the base image or the machine that builds says where packages come from",
  );

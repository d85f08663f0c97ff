import type { Catalogue } from "../../model/catalogue.js";
import type { ImageDefinition } from "../../model/definition.js";
import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import { codeFacts } from "../../model/diagnostic-codes.js";
import type { AddedPackage } from "../../model/inventory.js";
import type { ImageName } from "../../model/names.js";
import { nearest } from "../../model/nearest.js";
import { kindOf } from "../../model/package-types.js";
import type { PolicyTest, PolicyTestPackage, PolicyTestResult } from "../../model/policies.js";
import { managersOf } from "../../packages/managers.js";
import { checkContents } from "../../policy/contents.js";
import { ExceptionLedger } from "../../policy/exception-ledger.js";
import { builtInTemplates } from "../../render/templates.js";
import { desiredOf, type LoadedCatalogue } from "../catalogue/catalogue.js";

/** `diagnostics`: all of the catalogue. */
type Surroundings = Pick<LoadedCatalogue, "catalogue" | "tree" | "diagnostics"> & { readonly today: string };

/** Holds one case against the policies of the catalogue. */
export async function runPolicyTest(test: PolicyTest, surroundings: Surroundings): Promise<PolicyTestResult> {
  const diagnostics = await diagnosticsOf(test, surroundings);
  const of = (wanted: Diagnostic["severity"]) =>
    [...new Set(diagnostics.filter(({ severity }) => severity === wanted).map(({ code }) => code))].sort();
  const [rejected, warned] = [of("error"), of("warning")];
  const { expect, warn = warned } = test;
  const ok = isSame(rejected, expect) && isSame(warned, warn);
  return { test, ok, rejected, warned, diagnostics };
}

const isSame = (a: readonly string[], b: readonly string[]) => a.join(" ") === b.join(" ");

async function diagnosticsOf(test: PolicyTest, surroundings: Surroundings): Promise<readonly Diagnostic[]> {
  const { catalogue, tree, today } = surroundings;
  const { contents, source, pointer } = test;
  const image = typeof test.image === "string" ? catalogue.images.get(test.image) : test.image;
  if (image === undefined) return [unknownImage(test, catalogue)];
  const unread = readProblems(neededDefinitions(image, catalogue), surroundings.diagnostics);
  if (unread.length > 0) return unread;
  const part = { ...catalogue, images: neededDefinitions(image, catalogue) };
  // A definition of a test's own is in no lock, and where contents are given it is they that count.
  const options =
    typeof test.image === "string" && contents === undefined ? { today } : { today, lock: "ignore" as const };
  const { graph, found, diagnostics } = await desiredOf(part, tree, builtInTemplates(), options);
  const node = graph.nodes.get(image.name);
  if (node === undefined) {
    const own = diagnostics.filter(({ file, severity }) => file === image.source.file && severity === "error");
    const hint = "`slipway validate` says what is wrong there";
    const message = "nothing can be said of the image: what it is built from has problems";
    return own.length > 0 ? own : [errorAt(source.at(`${pointer}/image`), "unknown-parent", message, hint)];
  }
  const managers = managersOf(catalogue);
  const exceptions = new ExceptionLedger(catalogue.exceptions, today).of(node.name);
  const added = (contents ?? []).map(addedPackage);
  const inside = checkContents({ catalogue: part, node, managers, when: "image", added }, exceptions);
  return [...(found.get(node.name) ?? []), ...inside];
}

/** What is wrong with definitions themselves: of what they mean nothing can be said then. */
function readProblems(
  images: ReadonlyMap<ImageName, ImageDefinition>,
  diagnostics: readonly Diagnostic[],
): Diagnostic[] {
  const files = new Set([...images.values()].map(({ source }) => source.file));
  const isRead = ({ code, severity }: Diagnostic) => severity === "warning" || !codeFacts(code).reading;
  return diagnostics.filter((problem) => files.has(problem.file) && !isRead(problem));
}

function unknownImage({ image, source, pointer }: PolicyTest, { images }: Catalogue): Diagnostic {
  const near = nearest(String(image), images.keys());
  const hint = near ? `did you mean \`${near}\`?` : "name an image of the catalogue, or write a definition";
  return errorAt(source.at(`${pointer}/image`), "unknown-image", `no image is named ${JSON.stringify(image)}`, hint);
}

/** The image and all of the catalogue that it is built from: the rest is not its matter. */
function neededDefinitions(
  image: ImageDefinition,
  { images, modules }: Catalogue,
): ReadonlyMap<ImageName, ImageDefinition> {
  const found = new Map([[image.name, image]]);
  // A map hands out what is added while it is walked.
  for (const { origin, stages, modules: asked, artifacts } of found.values()) {
    // Which version of a module is meant makes no difference to what may be needed.
    const bodies = [
      ...stages,
      ...[...asked, ...stages.flatMap((stage) => stage.modules)].flatMap(({ name }) => modules.get(name) ?? []),
    ];
    const copied = [...artifacts, ...bodies.flatMap((body) => body.artifacts)];
    const names = [origin, ...stages.map((stage) => stage.origin)].flatMap((from) =>
      from.type === "parent" ? [from.parent] : [],
    );
    for (const name of [
      ...names,
      ...copied.flatMap((each) => (each.type === "image" ? [each.image as ImageName] : [])),
    ]) {
      const other = images.get(name);
      if (other !== undefined && !found.has(name)) found.set(name, other);
    }
  }
  return found;
}

const addedPackage = (given: PolicyTestPackage): AddedPackage => ({
  ...given,
  kind: kindOf(given.type) === "system" ? "system" : "runtime",
  place: "a policy test",
  requires: [],
  provides: [],
});

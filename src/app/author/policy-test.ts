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

/** `diagnostics` are those of the whole catalogue. */
type Surroundings = Pick<LoadedCatalogue, "catalogue" | "tree" | "diagnostics"> & { readonly today: string };

/** Checks one case against the policies of the catalogue. */
export async function runPolicyTest(test: PolicyTest, surroundings: Surroundings): Promise<PolicyTestResult> {
  const diagnostics = await diagnosticsOf(test, surroundings);
  const codes = (of: Diagnostic["severity"]) =>
    [...new Set(diagnostics.filter(({ severity }) => severity === of).map(({ code }) => code))].sort();
  const [rejected, warned] = [codes("error"), codes("warning")];
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
  const images = neededDefinitions(image, catalogue);
  const unreadable = readProblems(images, surroundings.diagnostics);
  if (unreadable.length > 0) return unreadable;
  const part = { ...catalogue, images };
  // A test's own definition is not in the lockfile, and contents that the test gives take the place of the lockfile's.
  const options =
    typeof test.image === "string" && contents === undefined ? { today } : { today, lock: "ignore" as const };
  const { graph, imageDiagnostics, diagnostics } = await desiredOf(part, tree, builtInTemplates(), options);
  const node = graph.nodes.get(image.name);
  if (node === undefined) {
    const errors = diagnostics.filter(({ file, severity }) => file === image.source.file && severity === "error");
    const hint = "`slipway validate` says what is wrong there";
    const message = "the image cannot be checked: what it is built from has problems";
    return errors.length > 0 ? errors : [errorAt(source.at(`${pointer}/image`), "unknown-parent", message, hint)];
  }
  const managers = managersOf(catalogue);
  const exceptions = new ExceptionLedger(catalogue.exceptions, today).of(node.name);
  const added = (contents ?? []).map(addedPackage);
  const inside = checkContents({ catalogue: part, node, managers, when: "image", added }, exceptions);
  return [...(imageDiagnostics.get(node.name) ?? []), ...inside];
}

/** The problems of reading definitions. Where there are any, what the definitions mean cannot be checked. */
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

/** The image and everything in the catalogue that it is built from: the rest does not concern it. */
function neededDefinitions(
  image: ImageDefinition,
  { images, modules }: Catalogue,
): ReadonlyMap<ImageName, ImageDefinition> {
  const needed = new Map([[image.name, image]]);
  // Iterating over a map includes the entries that are added meanwhile.
  for (const { origin, stages, modules: imageModules, artifacts } of needed.values()) {
    const references = [...imageModules, ...stages.flatMap((stage) => stage.modules)];
    // All versions of a module: whichever is meant, it may need what they name.
    const bodies = [...stages, ...references.flatMap(({ name }) => modules.get(name) ?? [])];
    const copied = [...artifacts, ...bodies.flatMap((body) => body.artifacts)];
    const names = [origin, ...stages.map((stage) => stage.origin)].flatMap((from) =>
      from.type === "parent" ? [from.parent] : [],
    );
    for (const name of [
      ...names,
      ...copied.flatMap((each) => (each.type === "image" ? [each.image as ImageName] : [])),
    ]) {
      const other = images.get(name);
      if (other !== undefined && !needed.has(name)) needed.set(name, other);
    }
  }
  return needed;
}

const addedPackage = (entry: PolicyTestPackage): AddedPackage => ({
  ...entry,
  kind: kindOf(entry.type) === "system" ? "system" : "runtime",
  place: "a policy test",
  requires: [],
  provides: [],
});

import { posix } from "node:path";
import type { AttributedFile } from "../model/attribution.js";
import type { Body } from "../model/definition.js";
import type { Place } from "../model/diagnostic.js";
import type { ImageNode } from "../model/graph.js";
import { normalName, TYPE_OF_MANAGER } from "../model/package-types.js";

/** The line of a definition that a file of an image comes from. */
export function placeOfFile({ origin, copied }: AttributedFile, { stages, definition }: ImageNode): Place {
  const bodies = stages.flatMap((stage) => stage.bodies);
  const name = definition.source.at(`${definition.pointer}/name`);
  switch (origin.type) {
    case "package":
      return requestPlace(origin, bodies) ?? systemPlace(origin.name, definition, bodies) ?? name;
    case "package-script":
      return systemPlace("", definition, bodies) ?? name;
    case "artifact":
      return artifactPlace((each, body) => isFrom(each, body, origin.from), bodies) ?? name;
    case "setup": {
      const own = stages.find((stage) => stage.name === origin.stage)?.bodies ?? bodies;
      const body = own.findLast(({ setup }) => setup.length > 0);
      return body?.source.at(`${body.pointer}/setup`, "key") ?? name;
    }
    case "base":
      return artifactPlace((each) => each.type === "image" && each.image === copied?.from, bodies) ?? name;
  }
}

function requestPlace(
  { manager, name }: { readonly manager: string; readonly name: string },
  bodies: readonly Body[],
): Place | undefined {
  const type = TYPE_OF_MANAGER[manager];
  const normal = (text: string) => (type === undefined ? text : normalName(type, text));
  for (const { systemPackages, runtimePackages, source } of bodies) {
    const request = [...systemPackages, ...runtimePackages].find((each) => normal(each.name) === normal(name));
    if (request !== undefined) return source.at(request.pointer);
  }
  return undefined;
}

/** A package that nobody requests by its name: where packages are requested, or the system is made. */
function systemPlace(name: string, definition: ImageNode["definition"], bodies: readonly Body[]): Place | undefined {
  const { origin, source, pointer } = definition;
  if (origin.type === "bootstrap") {
    const index = (origin.bootstrap.packages ?? []).indexOf(name);
    return source.at(index < 0 ? `${pointer}/bootstrap` : `${pointer}/bootstrap/packages/${index}`);
  }
  const body = bodies.findLast(
    ({ systemPackages, runtimePackages }) => systemPackages.length + runtimePackages.length > 0,
  );
  const [first] = [...(body?.systemPackages ?? []), ...(body?.runtimePackages ?? [])];
  return first && body?.source.at(first.pointer);
}

type Artifact = Body["artifacts"][number];

/** `from`: a path of the catalogue, or an address. */
function isFrom(artifact: Artifact, { folder }: Body, from: string): boolean {
  if (artifact.type === "url") return artifact.url === from;
  if (artifact.type !== "path") return false;
  const path = artifact.path.startsWith("/") ? artifact.path.slice(1) : posix.join(folder, artifact.path);
  const clean = posix.normalize(path).replace(/\/$/, "");
  return from === clean || from.startsWith(`${clean}/`);
}

function artifactPlace(
  matches: (artifact: Artifact, body: Body) => boolean,
  bodies: readonly Body[],
): Place | undefined {
  for (const body of bodies) {
    const artifact = body.artifacts.find((each) => matches(each, body));
    if (artifact !== undefined) return body.source.at(artifact.pointer);
  }
  return undefined;
}

import type { ImageDefinition } from "../../src/model/definition.js";
import type { OwnedPackage } from "../../src/model/inventory.js";
import { resolveGraph } from "../../src/resolve/graph.js";
import { originOf } from "../../src/resolve/package-origin.js";
import { catalogue, image, imageName } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/package-origin");

const web = imageName("web");

function owned(kind: OwnedPackage["kind"], type: OwnedPackage["type"], name: string): OwnedPackage {
  const why = { type: "asked" } as const;
  return { type, kind, name, version: "1", place: "/p", requires: [], provides: [], why, broughtBy: web };
}

/** The pointer of the line that brought a package of one image. */
function pointer(found: OwnedPackage, ...images: readonly ImageDefinition[]): string | undefined {
  const { graph } = resolveGraph(catalogue(images));
  return originOf(found, { image: web, from: "image", packages: [found] }, graph).at().excerpt;
}

const base = image("base", { os: "debian" });
const manifest = { path: "requirements.txt", pointer: "/runtime-manifest" };

test("a package is requested by its name, whatever its spelling and whatever extras stand behind it", () => {
  const fields = { parent: "base", language: "python3", runtime: ["requests[security]", "Flask_Login"] };
  assert.is(pointer(owned("runtime", "pypi", "requests"), base, image("web", fields)), "/runtime-packages/0");
  assert.is(pointer(owned("runtime", "pypi", "flask-login"), base, image("web", fields)), "/runtime-packages/1");
});

test("what no list requests is in the manifest, if it is of the language", () => {
  const definition = { ...image("web", { parent: "base", language: "python3" }), runtimeManifest: manifest };
  assert.is(pointer(owned("runtime", "pypi", "flask"), base, definition), "/runtime-manifest");
  assert.is(pointer(owned("system", "deb", "curl"), base, definition), "/name");
});

test.run();

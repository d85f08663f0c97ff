import type { ImageContents, OwnedPackage, PackageType } from "../../src/model/inventory.js";
import type { ImageName } from "../../src/model/names.js";
import { licensesUsed, packageUses, unusedPackages, versionsOf } from "../../src/resolve/package-tables.js";
import { catalogue, image, imageName } from "../support/definitions.js";
import { desired } from "../support/desired.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/package-tables");

function owned(type: PackageType, text: string, license?: string): OwnedPackage {
  const [name = "", version = "1"] = text.split(" ");
  return {
    ...{ type, kind: type === "deb" ? "system" : "runtime", name, version, place: "/p", requires: [], provides: [] },
    why: { type: "asked" },
    broughtBy: "a" as ImageName,
    ...(license === undefined ? {} : { license }),
  };
}

const contents = (name: string, ...packages: readonly OwnedPackage[]): ImageContents => ({
  image: imageName(name),
  from: "image",
  packages,
});

const IMAGES = [
  contents("b", owned("npm", "ms 2.1.3", "MIT"), owned("npm", "ms 2.0.0", "MIT"), owned("npm", "ms 2.0.0", "MIT")),
  contents("a", owned("deb", "curl 7.88.1", "curl"), owned("npm", "ms 2.0.0", "MIT"), owned("npm", "ms-x 1")),
];
const USES = packageUses(IMAGES, catalogue([]));

test("versions and the images that have them, sorted", () => {
  const short = versionsOf(USES).map(({ type, name, versions }) =>
    [type, name, ...versions.map(({ version, images }) => `${version}:${images.join("+")}`)].join(" "),
  );
  assert.equal(short, ["deb curl 7.88.1:a", "npm ms 2.0.0:a+b 2.1.3:b", "npm ms-x 1:a"]);
});

test("licences, what has none first; what a package does not say, the approved list may", () => {
  const short = (uses: typeof USES) =>
    licensesUsed(uses).map(
      ({ license, packages, images }) => `${license} ${packages.map(({ name }) => name).join("+")} ${images.join("+")}`,
    );
  assert.equal(short(USES), [" ms-x a", "MIT ms a+b", "curl curl a"]);
  const all = catalogue([], { runtime: { nodejs: { "ms-x": [] } } });
  const [list] = all.runtimeLists.values();
  const [entry] = list?.packages.values() ?? [];
  assert.ok(list && entry);
  const approved = new Map([["ms-x", { ...entry, license: "ISC" }]]);
  const said = { ...all, runtimeLists: new Map([["nodejs", { ...list, packages: approved }]]) };
  assert.equal(short(packageUses(IMAGES, said))[0], "ISC ms-x a");
});

test("approved packages that nobody has; one that a definition asks for is used, built or not", () => {
  const definitions = [image("a", { os: "debian", language: "python3", system: ["jq"], runtime: ["PyYAML"] })];
  const lists = {
    system: { debian: { jq: [], curl: [], git: [] } },
    runtime: { python3: { PyYAML: [], Flask_Login: [], requests: [] } },
  };
  const unused = (...packages: readonly OwnedPackage[]) => {
    const all = catalogue(definitions, lists);
    const uses = packageUses([contents("a", ...packages)], all);
    return unusedPackages(uses, { catalogue: all, desired: desired(definitions, lists) }).map(
      ({ scope, name, at }) => `${scope} ${name} ${at}`,
    );
  };
  assert.equal(unused(owned("deb", "curl 7"), owned("pypi", "flask-login 1")), [
    "debian git catalog/system/debian.yaml:1",
    "python3 requests catalog/runtime/python3.yaml:1",
  ]);
});

test.run();

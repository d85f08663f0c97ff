import { prologue } from "../../src/model/containerfile.js";
import type { RecipePackage } from "../../src/model/recipe.js";
import { installData, installInstructions } from "../../src/render/install.js";
import { assert, suite } from "../support/suite.js";

const test = suite("render/install");

const entry = (kind: "system" | "runtime", manager: string, name: string, constraint?: string): RecipePackage => {
  return { kind, manager, name, approved: [], argument: name, ...(constraint === undefined ? {} : { constraint }) };
};

test("one step for each manager, system packages first; cut where the prologue stands", () => {
  const shown = (name: string) => (data: ReturnType<typeof installData>) =>
    `RUN ${data.prologue} ${name} ${data.specs.join(" ")} ${data.manifest?.directory ?? "-"}\n`;
  const templates = new Map(["apt", "pip"].map((name) => [name, shown(name)]));
  const packages = [
    entry("runtime", "pip", "flask"),
    entry("system", "apt", "jq"),
    entry("runtime", "pip", "idna", ">=3"),
    entry("system", "apt", "curl"),
  ];
  assert.equal(installInstructions(packages, "/manifests", templates), [
    { type: "install", kind: "system", manager: "apt", parts: ["RUN ", " apt curl jq -"] },
    { type: "install", kind: "runtime", manager: "pip", parts: ["RUN ", " pip flask /manifests"] },
  ]);
});

test("the data of a template: sorted, without what the manifest asks for itself", () => {
  const packages = [entry("runtime", "pip", "b"), entry("runtime", "pip", "a"), entry("runtime", "pip", "c", "")];
  assert.equal(installData(packages), { prologue: prologue(), specs: ["a", "b"], manifest: null });
});

test("a package manager without a template is a bug", () => {
  const packages = [entry("system", "zypper", "a")];
  assert.throws(() => installInstructions(packages, "/m", new Map()), /no template for .* zypper/);
});

test.run();

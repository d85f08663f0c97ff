import { buildNetwork, type Network, recipeNetwork, unusualNetwork, writtenNetwork } from "../../src/model/network.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/network");

const recipe = (managers: readonly string[], network?: Network) => ({
  packages: managers.map((manager) => ({ manager })),
  ...(network === undefined ? {} : { network }),
});

test("what is not written follows from the package managers", () => {
  assert.is(recipeNetwork(recipe([])), "none");
  assert.is(recipeNetwork(recipe(["apt", "dnf", "pip", "npm"])), "none");
  for (const manager of ["apk", "gem", "go", "maven", "psresource", "tdnf", "notes"])
    assert.is(recipeNetwork(recipe(["apt", manager])), "packages", manager);
});

test("an image has the widest network of its stages, if one of them says anything", () => {
  assert.is(writtenNetwork([{ managers: ["apk"] }, { managers: [] }]), undefined);
  assert.is(writtenNetwork([{ managers: ["apk"] }, { managers: [], network: "none" }]), "packages");
  assert.is(writtenNetwork([{ managers: ["apk"], network: "none" }, { managers: ["npm"] }]), "none");
  assert.is(
    writtenNetwork([
      { managers: [], network: "packages" },
      { managers: [], network: "host" },
    ]),
    "host",
  );
});

test("an input of the key is what is written and unusual", () => {
  assert.is(unusualNetwork(recipe(["apk"])), undefined);
  assert.is(unusualNetwork(recipe(["apk"], "packages")), undefined);
  assert.is(unusualNetwork(recipe(["apt"], "none")), undefined);
  assert.is(unusualNetwork(recipe(["apt"], "packages")), "packages");
  assert.is(unusualNetwork(recipe(["apk"], "none")), "none");
});

test("the network of a build", () => {
  assert.is(buildNetwork(recipe(["apt"]), "none"), "none");
  assert.is(buildNetwork(recipe(["apt"]), "host"), "host");
  assert.is(buildNetwork(recipe(["apt"], "none"), "host"), "none");
  assert.is(buildNetwork(recipe(["apt"], "packages"), "none"), "packages");
  assert.is(buildNetwork(recipe(["gem"]), "none"), "packages");
  assert.is(buildNetwork(recipe(["gem"]), "host"), "host");
  assert.is(buildNetwork(recipe(["gem"], "none"), "host"), "none");
});

test.run();

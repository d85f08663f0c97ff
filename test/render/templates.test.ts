import { MANAGERS } from "../../src/packages/managers.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { assert, suite } from "../support/suite.js";

const test = suite("render/templates");

test("there is a template for every package manager", () => {
  assert.equal([...builtInTemplates().keys()].sort(), MANAGERS.map(({ name }) => name).sort());
});

test.run();

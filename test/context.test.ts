import { resolve } from "node:path";
import { type Context, stateRoot, storageRoot } from "../src/context.js";
import { assert, suite } from "./support/suite.js";

const test = suite("context");
const context = (env: NodeJS.ProcessEnv) => ({ env, catalogue: "/catalogue" }) as Context;

test("directories of the state are absolute, from where the command was called; an empty variable names none", () => {
  assert.is(stateRoot(context({ SLIPWAY_STATE: "state" })), resolve("state"));
  assert.is(stateRoot(context({ SLIPWAY_STATE: "" })), "/catalogue/.slipway");
  assert.is(stateRoot(context({})), "/catalogue/.slipway");
  assert.is(storageRoot(context({ SLIPWAY_STORAGE: "storage" })), resolve("storage"));
  assert.is(storageRoot(context({ SLIPWAY_STORAGE: "" })), undefined);
});

test.run();

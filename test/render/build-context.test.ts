import { contextDirectory, manifestContext, manifestDirectory } from "../../src/render/build-context.js";
import { assert, suite } from "../support/suite.js";

const test = suite("render/build-context");

test("where an artifact lies in the build context", () => assert.is(contextDirectory(3), "artifacts/3"));

test("where a manifest lies in the build context and in the image", () => {
  assert.is(manifestContext(1), "manifests/1");
  assert.is(manifestDirectory("app"), "/usr/local/lib/manifests/app");
  assert.is(manifestDirectory("app", "build"), "/usr/local/lib/manifests/app/build");
});

test.run();

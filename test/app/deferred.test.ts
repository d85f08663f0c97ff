import { deferred } from "../../src/app/deferred.js";
import { assert, suite } from "../support/suite.js";

const test = suite("deferred");

function loader() {
  const loads: number[] = [];
  const module = {
    double: (value: number) => value * 2,
    fail: async (): Promise<string> => {
      throw new Error("no");
    },
  };
  const load = async () => {
    loads.push(1);
    return module;
  };
  return { loads, load };
}

test("loads the module with the first call and hands on arguments and result", async () => {
  const { loads, load } = loader();
  const double = deferred(load, "double");
  assert.is(loads.length, 0);
  assert.is(await double(21), 42);
  assert.is(loads.length, 1);
});

test("fails as the function and the import fail", async () => {
  const { load } = loader();
  assert.match(await deferred(load, "fail")().catch(String), "Error: no");
  const broken = deferred(async (): Promise<{ run: () => void }> => {
    throw new Error("no such module");
  }, "run");
  assert.match(await broken().then(() => "done", String), "no such module");
});

test.run();

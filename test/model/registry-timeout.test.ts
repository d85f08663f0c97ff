import { RegistryError } from "../../src/model/registry.js";
import { registryTimeout } from "../../src/model/registry-timeout.js";
import { assert, suite } from "../support/suite.js";

const test = suite("registry timeout");
const of = (value?: string) => registryTimeout(value === undefined ? {} : { SLIPWAY_REGISTRY_TIMEOUT: value });

test("seconds, or nothing", () => {
  assert.equal([of(), of(""), of("90"), of("0.5")], [undefined, undefined, 90, 0.5]);
});

test("what is no number of seconds is said", () => {
  for (const value of ["0", "-1", "5m", "1e3", "NaN", " 5"]) {
    assert.throws(
      () => of(value),
      (error: unknown) =>
        error instanceof RegistryError && /SLIPWAY_REGISTRY_TIMEOUT is ".*": write seconds/.test(error.message),
    );
  }
});

test.run();

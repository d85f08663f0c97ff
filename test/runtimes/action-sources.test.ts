import { actionProtocol } from "../support/action-protocol.js";
import { sourceProxy, startActionProxy } from "../support/action-runtime.js";
import { randomBodies } from "../support/random-bodies.js";
import type { StartRuntime } from "../support/runtime-process.js";
import { suite } from "../support/suite.js";

for (const language of ["nodejs", "python3"] as const) {
  const test = suite(`runtimes: actions in ${language}`);
  const main = sourceProxy(language);
  const start: StartRuntime = (env = {}) => startActionProxy({ env, main });
  actionProtocol(test, start, language);
  test("1,000 random bodies always get an answer", () => randomBodies(start, language));
  test.run();
}

import { actionProtocol } from "../support/action-protocol.js";
import { startActionProxy } from "../support/action-runtime.js";
import { randomBodies } from "../support/random-bodies.js";
import type { StartRuntime } from "../support/runtime-process.js";
import { suite } from "../support/suite.js";

const test = suite("runtimes: the action proxy");

const start: StartRuntime = (env = {}) => startActionProxy({ env });

actionProtocol(test, start);
test("1,000 random bodies always get an answer", () => randomBodies(start));

test.run();

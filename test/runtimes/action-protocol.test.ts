import { actionProtocol } from "../support/action-protocol.js";
import { startActionProxy } from "../support/action-runtime.js";
import { suite } from "../support/suite.js";

const test = suite("runtimes: the action proxy");

actionProtocol(test, (env = {}) => startActionProxy({ env }));

test.run();

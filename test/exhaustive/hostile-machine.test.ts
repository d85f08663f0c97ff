import { hostileSuite } from "../support/hostile/hostile-suite.js";
import { hostRows, networkRows, sharedRows } from "../support/hostile/machine-rows.js";

hostileSuite("what builds share, the machine and the network", (host) => [
  ...sharedRows(host),
  ...hostRows(host),
  ...networkRows(host),
]).run();

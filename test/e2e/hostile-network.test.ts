import { hostileSuite } from "../support/hostile/hostile-suite.js";
import { networkRows } from "../support/hostile/machine-rows.js";

hostileSuite("the network", networkRows).run();

import { hostileSuite } from "../support/hostile/hostile-suite.js";
import { hostRows } from "../support/hostile/machine-rows.js";

hostileSuite("the machine", hostRows).run();

import { hostileSuite } from "../support/hostile/hostile-suite.js";
import { sharedRows } from "../support/hostile/machine-rows.js";

hostileSuite("what builds share", sharedRows).run();

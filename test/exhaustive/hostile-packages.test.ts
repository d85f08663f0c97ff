import { hostileSuite } from "../support/hostile/hostile-suite.js";
import { packageRows } from "../support/hostile/package-rows.js";

hostileSuite("packages", packageRows).run();

import { furtherRows } from "../support/hostile/further-rows.js";
import { hostileSuite } from "../support/hostile/hostile-suite.js";

hostileSuite("stages, layers and what is read", furtherRows).run();

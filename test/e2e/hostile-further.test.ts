import { hostileSuite } from "../support/hostile/hostile-suite.js";
import { furtherRows } from "../support/hostile/further-rows.js";

hostileSuite("further ways", furtherRows).run();

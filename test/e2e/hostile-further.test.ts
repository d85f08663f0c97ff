import { furtherRows } from "../support/hostile/further-rows.js";
import { hostileSuite } from "../support/hostile/hostile-suite.js";

hostileSuite("further ways", furtherRows).run();

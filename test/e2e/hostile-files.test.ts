import { furtherFileRows } from "../support/hostile/further-rows.js";
import { hostileSuite } from "../support/hostile/hostile-suite.js";

hostileSuite("files and the kernel", furtherFileRows).run();

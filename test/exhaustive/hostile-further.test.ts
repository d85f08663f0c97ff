import { furtherFileRows, furtherRows } from "../support/hostile/further-rows.js";
import { hostileSuite } from "../support/hostile/hostile-suite.js";

hostileSuite("stages, layers, files and the kernel", (host) => [...furtherRows(host), ...furtherFileRows()]).run();

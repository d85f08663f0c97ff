import { deferred } from "../app/deferred.js";

/** Opens what `--scan` pulls images with and looks into them; building has it. */
export const openScanner = deferred(() => import("../app/build/build.js"), "openWorkshop");

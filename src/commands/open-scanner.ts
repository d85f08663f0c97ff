import { deferred } from "../app/deferred.js";

/** Opens the workshop of building, with which `--scan` pulls and inspects images. */
export const openScanner = deferred(() => import("../app/build/build.js"), "openWorkshop");

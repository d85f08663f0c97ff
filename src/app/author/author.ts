/** Writing a catalogue: starting one, importing foreign descriptions, formatting, schemas for editors, testing policies. */
import { deferred } from "../deferred.js";

export type { FormattedFile } from "./format.js";
export type { ImportCommandOptions } from "./import.js";

export const startCatalogue = deferred(() => import("./init.js"), "startCatalogue");
export const importFiles = deferred(() => import("./import.js"), "importFiles");
export const formatFiles = deferred(() => import("./format.js"), "formatFiles");
export const formatInput = deferred(() => import("./format.js"), "formatInput");
export const runPolicyTests = deferred(() => import("./policy-tests.js"), "runPolicyTests");
export const kindNamed = deferred(() => import("./schemas.js"), "kindNamed");
export const writeSchemas = deferred(() => import("./schemas.js"), "writeSchemas");
export const staleSchemas = deferred(() => import("./schemas.js"), "staleSchemas");

/** A change as its branch sees it: what it does, who must approve it, and the report on its pull request. */
import { deferred } from "../deferred.js";

export type { GateRunOptions } from "./run.js";

/** Judges a change and writes its report; builds its images on request. */
export const runGate = deferred(() => import("./run.js"), "runGate");
/** Brings the pull requests of a report in line with it. Loads Octokit. */
export const publishGate = deferred(() => import("./publication.js"), "publishGate");
export const runCodeowners = deferred(() => import("./codeowners.js"), "runCodeowners");
/** For other capabilities that write to the forge. */
export const forgeAccess = deferred(() => import("./forge.js"), "forgeAccess");

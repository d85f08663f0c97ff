import { auditVerb } from "./audit.js";
import { buildVerb } from "./build.js";
import { completionVerb } from "./completion.js";
import { doctorVerb } from "./doctor.js";
import { fmtVerb } from "./fmt.js";
import { gateVerb } from "./gate.js";
import { graphVerb } from "./graph.js";
import { impactVerb } from "./impact.js";
import { importVerb } from "./import.js";
import { initVerb } from "./init.js";
import { licensesVerb } from "./licenses.js";
import { lockVerb } from "./lock.js";
import { packagesVerb } from "./packages.js";
import { planVerb } from "./plan.js";
import { policyTestVerb } from "./policy-test.js";
import { renderVerb } from "./render.js";
import { sbomVerb } from "./sbom.js";
import { schemaVerb } from "./schema.js";
import { statusVerb } from "./status.js";
import { updateVerb } from "./update.js";
import { validateVerb } from "./validate.js";
import { vendorVerb } from "./vendor.js";
import type { Verb, VerbGroup, VerbSection } from "./verb.js";
import { verifyVerb } from "./verify.js";
import { whyVerb } from "./why.js";
import { whyFileVerb } from "./why-file.js";

/** The sections of `slipway --help`: from the first day to the machine. */
export const SECTIONS: readonly VerbSection[] = [
  { heading: "Start a catalogue:", verbs: [initVerb, importVerb, doctorVerb] },
  { heading: "Look around:", verbs: [statusVerb, graphVerb, whyVerb, renderVerb] },
  { heading: "Check and build:", verbs: [validateVerb, planVerb, buildVerb, lockVerb, vendorVerb, verifyVerb] },
  {
    heading: "Change and approve:",
    verbs: [
      gateVerb,
      updateVerb,
      fmtVerb,
      { name: "policy", description: "try the policies out", verbs: [policyTestVerb] },
    ],
  },
  {
    heading: "What is in the images:",
    verbs: [packagesVerb, licensesVerb, auditVerb, impactVerb, sbomVerb, whyFileVerb],
  },
  { heading: "Tools and machines:", verbs: [schemaVerb, completionVerb] },
];

/** Every verb, in the order of `slipway --help` and of docs/cli.md. */
export const VERBS: readonly (Verb | VerbGroup)[] = SECTIONS.flatMap(({ verbs }) => verbs);

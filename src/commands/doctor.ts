import type { Context } from "../context.js";
import { EXIT } from "../exit.js";
import type { Finding } from "../model/finding.js";
import { ISOLATION } from "./options.js";
import { defineVerb } from "./verb.js";

/** Shows what this machine has for building, and how to get what it lacks. */
export const doctorVerb = defineVerb({
  usage: "doctor",
  description: "check what this machine has for building, and what it lacks",
  examples: [
    { command: "slipway doctor", says: "a line for each requirement" },
    { command: "slipway doctor --json", says: "the same for programs" },
  ],
  options: ISOLATION,
  async run(context) {
    const { diskFinding, probeMachine } = await import("../app/build/build.js");
    const { doctorText } = await import("../report/doctor-text.js");
    const { loadSettings } = await import("../app/catalogue/catalogue.js");
    const settings = await loadSettings(context);
    const { state, probed, left } = await probeMachine(context, settings);
    const disk = diskFinding(state.storage);
    const isReady = probed.system !== undefined && disk.ok;
    const findings: readonly Finding[] = [
      { what: "node", ok: true, found: process.versions.node },
      ...probed.findings,
      disk,
      { what: "state", ok: true, found: state.root },
      ...left,
      ...(await schemaFindings(context)),
    ];
    if (context.json) context.out(`${JSON.stringify({ ready: isReady, findings }, null, 2)}\n`);
    else context.out(doctorText(findings, isReady, context.colors.out));
    return isReady ? EXIT.done : EXIT.unavailable;
  },
});

/** A catalogue need not have schemas for editors, but those it has should be the ones of this Slipway. */
async function schemaFindings(context: Context): Promise<readonly Finding[]> {
  const { staleSchemas } = await import("../app/author/author.js");
  const stale = await staleSchemas(context);
  if (stale === undefined) return [];
  const isCurrent = stale.files.length === 0;
  const advice = isCurrent ? undefined : `slipway schema --out ${stale.folder}`;
  return [{ what: "schemas", ok: true, found: isCurrent ? "up to date" : "out of date", advice }];
}

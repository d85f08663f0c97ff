import type { Context } from "../context.js";
import { EXIT } from "../exit.js";
import type { DoctorFinding } from "../report/doctor-text.js";
import { ISOLATION } from "./options.js";
import { defineVerb } from "./verb.js";

/** Shows what this machine has for building, and how to get what it lacks. */
export const doctorVerb = defineVerb({
  usage: "doctor",
  description: "check what this machine has for building, and what it lacks",
  options: ISOLATION,
  async run(context) {
    const { probeMachine } = await import("../app/build/build.js");
    const { doctorText } = await import("../report/doctor-text.js");
    const { loadSettings } = await import("../app/catalogue/catalogue.js");
    const settings = await loadSettings(context);
    const { state, probed } = await probeMachine(context, { settings, fresh: true });
    const isReady = probed.system !== undefined;
    const findings: readonly DoctorFinding[] = [
      { what: "node", ok: true, found: process.versions.node },
      ...probed.findings,
      { what: "state", ok: true, found: state.root },
      ...(await schemaFindings(context)),
    ];
    if (context.json) context.out(`${JSON.stringify({ ready: isReady, findings }, null, 2)}\n`);
    else context.out(doctorText(findings, isReady, context.colors.out));
    return isReady ? EXIT.done : EXIT.unavailable;
  },
});

/** A catalogue need not have schemas for editors, but those it has should be the ones of this Slipway. */
async function schemaFindings(context: Context): Promise<readonly DoctorFinding[]> {
  const { staleSchemas } = await import("../app/author/author.js");
  const stale = await staleSchemas(context);
  if (stale === undefined) return [];
  const isCurrent = stale.files.length === 0;
  const advice = isCurrent ? undefined : `slipway schema --out ${stale.folder}`;
  return [{ what: "schemas", ok: true, found: isCurrent ? "up to date" : "out of date", advice }];
}

import type { Context } from "../context.js";
import { EXIT } from "../exit.js";
import { defineVerb } from "./verb.js";

/** What this machine has for building, and what to do about the rest. */
export const doctorVerb = defineVerb({
  usage: "doctor",
  description: "what this machine has for building, and what it lacks",
  options: {},
  async run(context) {
    const { probeMachine } = await import("../app/build/build.js");
    const { table } = await import("../report/text.js");
    const { state, probed } = await probeMachine(context, true);
    const { findings, system } = probed;
    const node = { what: "node", ok: true, found: process.versions.node, advice: undefined };
    const all = [
      node,
      ...findings,
      { what: "state", ok: true, found: state.root, advice: undefined },
      ...(await schemaFindings(context)),
    ];
    if (context.json) context.out(`${JSON.stringify({ ready: system !== undefined, findings: all }, null, 2)}\n`);
    else {
      const rows = all.map(({ what, ok, found, advice }) => [
        ok ? "ok" : "missing",
        what,
        advice ? `${found}: ${advice}` : found,
      ]);
      const verdict = system ? "This machine can build images." : "This machine cannot build images yet.";
      context.out(`${table(rows)}\n\n${verdict}\n`);
    }
    return system ? EXIT.done : EXIT.unavailable;
  },
});

/** A catalogue need not have schemas for editors; those that it has should be this Slipway's. */
async function schemaFindings(context: Context) {
  const { staleSchemas } = await import("../app/author/author.js");
  const stale = await staleSchemas(context);
  if (stale === undefined) return [];
  const isCurrent = stale.files.length === 0;
  const advice = isCurrent ? undefined : `slipway schema --out ${stale.folder}`;
  return [{ what: "schemas", ok: true, found: isCurrent ? "up to date" : "out of date", advice }];
}

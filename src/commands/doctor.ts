import { staleSchemas } from "../app/author/author.js";
import { probeMachine } from "../app/build/build.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { table } from "../report/text.js";

/** What this machine has for building, and what to do about the rest. */
export async function run(context: Context): Promise<ExitCode> {
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
}

/** A catalogue need not have schemas for editors; those that it has should be this Slipway's. */
async function schemaFindings(context: Context) {
  const stale = await staleSchemas(context);
  if (stale === undefined) return [];
  const isCurrent = stale.files.length === 0;
  const advice = isCurrent ? undefined : `slipway schema --out ${stale.folder}`;
  return [{ what: "schemas", ok: true, found: isCurrent ? "up to date" : "out of date", advice }];
}

import { type Context, stateRoot } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import type { Plan } from "../model/plan.js";
import { planRegistry } from "../planning.js";
import { reasonsText } from "../report/plan-text.js";
import { table } from "../report/text.js";
import { type LastFailure, readFailures } from "../run/last-results.js";
import type { RegistryOptions } from "../session.js";

/** Each image as the registry has it: READY, STALE, MISSING or ERROR, with the reason. */
export async function run(context: Context, options: RegistryOptions & { readonly ref?: string }): Promise<ExitCode> {
  const { plan, loaded } = await planRegistry(context, options);
  const failures = await readFailures(stateRoot(context));
  const images = [...loaded.desired.images.values()].map(({ node }) => ({
    image: node.name,
    version: node.definition.version,
    ...statusOf(node.name, plan, failures.get(node.name)),
  }));
  if (context.json) context.out(`${JSON.stringify({ images }, null, 2)}\n`);
  else
    context.out(
      `${table(images.map(({ image, version, status, reason }) => [status, `${image} ${version}`, reason]))}\n`,
    );
  return EXIT.done;
}

type Status = "READY" | "STALE" | "MISSING" | "ERROR";

function statusOf(name: string, { steps }: Plan, failure: LastFailure | undefined): { status: Status; reason: string } {
  const step = steps.find(({ image }) => image === name);
  if (step === undefined) return { status: "READY", reason: "" };
  // A failure counts as long as nothing that went into it has changed.
  if (failure && step.key !== null && failure.key === step.key)
    return { status: "ERROR", reason: failure.error.message };
  const missing = step.reasons.some(({ code }) => code === "MISSING");
  return { status: missing ? "MISSING" : "STALE", reason: reasonsText(step.reasons) };
}

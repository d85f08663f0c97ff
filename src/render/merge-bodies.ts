import type { Body, NamedValue, RunConfig } from "../model/definition.js";

/** The bodies of modules and of an image, joined. */
export interface MergedBody {
  readonly env: readonly NamedValue[];
  readonly labels: readonly NamedValue[];
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly setup: Body["setup"];
  readonly run: RunConfig;
}

/** Lists are joined in order; of single values the last one counts. */
export function mergeBodies(bodies: readonly [...Body[], Body]): MergedBody {
  const [first] = bodies;
  if (bodies.length === 1) return first as Body;
  return {
    env: lastOfEach(bodies.flatMap(({ env }) => env)),
    labels: lastOfEach(bodies.flatMap(({ labels }) => labels)),
    ports: [...new Set(bodies.flatMap(({ ports }) => ports))],
    volumes: [...new Set(bodies.flatMap(({ volumes }) => volumes))],
    setup: bodies.flatMap(({ setup }) => setup),
    run: Object.assign({}, ...bodies.map(({ run }) => run)) as RunConfig,
  };
}

const lastOfEach = (values: readonly NamedValue[]) => [...new Map(values.map((value) => [value.name, value])).values()];

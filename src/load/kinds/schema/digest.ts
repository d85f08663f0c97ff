import { createHash } from "node:crypto";
import type { Schema } from "./schema.js";

/** 64 hex digits over a schema, to tell what its validator was compiled from. */
export const schemaDigest = (schema: Schema) => createHash("sha256").update(JSON.stringify(schema)).digest("hex");

/**
 * Throws if a validator was compiled from another schema than this one, as after `tsc` without scripts/generate.ts.
 * The wrong schema would explain its errors: "unknown key `x`, did you mean `x`?".
 */
export function checkCompiled(schema: Schema, compiledFrom: string): void {
  if (schemaDigest(schema) === compiledFrom) return;
  throw new Error(
    `the build is stale: the validator of ${schema.title} is older than its schema; run \`npm run build\``,
  );
}

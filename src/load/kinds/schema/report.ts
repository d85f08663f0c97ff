import { GATE_LIMITS as MAX } from "../../../model/gate-limits.js";
import type { Outcome, PlanAction, ReasonCode } from "../../../model/plan.js";
import type { ApprovingRole, ChangeKind } from "../../../model/roles.js";
import type { Form } from "./forms/form.js";
import * as nameForm from "./forms/names.js";
import * as valueForm from "./forms/values.js";
import type { Schema } from "./schema.js";

/*
 * report.json as `slipway gate` writes it. It comes from a machine on which the pull request's own code ran, so every
 * string and list has a limit, and a word of ours must be one. Compiled by scripts/generate.ts as JSON: unlike in
 * YAML, a number is a number. The content of text is not checked: whoever shows it makes it harmless
 * (report/markdown.ts).
 */

/** The keys of a record are all the members of a type: the compiler notices when one is missing. */
const oneOf = <T extends string>(members: Readonly<Record<T, true>>): Schema => ({
  type: "string",
  enum: Object.keys(members),
});

const exactly = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const list = (items: Schema, maxItems: number): Schema => ({ type: "array", items, maxItems });
const text = (maxLength: number): Schema => ({ type: "string", maxLength });
const matching = (pattern: string, maxLength: number): Schema => ({ type: "string", pattern, maxLength });
const named = ({ pattern, maxLength = 128 }: Form): Schema => matching(pattern, maxLength);
const whole = (maximum: number, minimum = 0): Schema => ({ type: "integer", minimum, maximum });
const orNull = (schema: Schema): Schema => ({
  ...schema,
  type: [schema.type ?? [], "null"].flat() as Schema["type"] & object,
});

const COMMIT = matching("^(?:[0-9a-f]{40}|[0-9a-f]{64})$", 64);
/** Inside the repository, and the same for a reader as for a machine. */
const PATH: Schema = matching("^(?!/)(?!(?:.*/)?\\.\\.(?:/|$))[^\\p{Cc}\\p{Cf}\\p{Cs}\\u2028\\u2029]+$", MAX.path);
const IMAGE = named(nameForm.IMAGE_NAME);
const LOGIN = matching("^[A-Za-z0-9][A-Za-z0-9._-]*$", 100);
const TEAM = matching("^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9_][A-Za-z0-9._-]*$", 200);
const SECONDS: Schema = { type: "number", minimum: 0, maximum: 10_000_000 };
const BYTES = whole(Number.MAX_SAFE_INTEGER);
const PLACE_NUMBER = whole(100_000_000, 1);

const ACTION = oneOf<PlanAction>({ build: true, pending: true, retag: true, delete: true });
const OUTCOME = oneOf<Outcome>({ built: true, unchanged: true, retagged: true, skipped: true, failed: true });
const SEVERITY = oneOf<"error" | "warning">({ error: true, warning: true });
const ROLE = oneOf<ApprovingRole>({ administrator: true, "privileged-developer": true });
const KIND = oneOf<ChangeKind>({
  "base-image": true,
  "approved-list": true,
  policy: true,
  workflow: true,
  settings: true,
  image: true,
  other: true,
});
const REASON_CODE = oneOf<ReasonCode>({
  MISSING: true,
  NEW: true,
  REMOVED: true,
  DEFINITION: true,
  PACKAGE: true,
  LOCK: true,
  PARENT: true,
  STAGE: true,
  ARTIFACT: true,
  TEMPLATE: true,
  BASE_DIGEST: true,
  PLATFORM: true,
  BUILDER: true,
  FORCED: true,
  TESTS: true,
  VERSION: true,
  TAGS: true,
});

const PACKAGES = list(
  exactly({ name: text(MAX.line), from: orNull(text(MAX.line)), to: orNull(text(MAX.line)) }),
  MAX.packages,
);

const BUILD = exactly({
  outcome: OUTCOME,
  seconds: SECONDS,
  bytes: orNull(BYTES),
  previousBytes: orNull(BYTES),
  error: orNull(
    exactly({
      code: matching("^[A-Z][A-Z_]*$", 64),
      message: text(MAX.message),
      tail: list(text(MAX.line), MAX.tail),
    }),
  ),
});

const GATE_IMAGE = exactly({
  image: IMAGE,
  version: named(nameForm.IMAGE_VERSION),
  platform: named(valueForm.PLATFORM),
  level: whole(1_000_000),
  action: ACTION,
  reasons: list(exactly({ code: REASON_CODE, detail: text(MAX.line), via: list(IMAGE, MAX.via) }), MAX.reasons),
  packages: exactly({ added: PACKAGES, removed: PACKAGES, changed: PACKAGES }),
  containerfile: text(MAX.diff),
  build: orNull(BUILD),
});

const DIAGNOSTIC = exactly({
  code: matching("^[a-z][a-z0-9-]*$", 64),
  severity: SEVERITY,
  message: text(MAX.message),
  file: PATH,
  line: PLACE_NUMBER,
  column: PLACE_NUMBER,
  hint: orNull(text(MAX.message)),
});

const REQUIREMENT = exactly({
  kind: KIND,
  paths: list(PATH, MAX.paths),
  role: ROLE,
  teams: list(TEAM, MAX.owners),
  users: list(LOGIN, MAX.owners),
});

export const REPORT_SCHEMA: Schema = exactly({
  format: { type: "integer", minimum: 1, maximum: 1 },
  base: COMMIT,
  head: COMMIT,
  tip: COMMIT,
  behind: whole(100_000_000),
  conflicts: list(PATH, MAX.conflicts),
  digest: orNull(matching("^[0-9a-f]{64}$", 64)),
  total: whole(1_000_000),
  images: list(GATE_IMAGE, MAX.images),
  unchanged: list(IMAGE, MAX.unchanged),
  diagnostics: list(DIAGNOSTIC, MAX.diagnostics),
  requirements: { ...list(REQUIREMENT, MAX.requirements), type: ["array", "null"] },
});

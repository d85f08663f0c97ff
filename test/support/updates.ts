import type { Update } from "../../src/model/update.js";

/** An update of a package by its exact version. */
export const update = (fields: Partial<Update> = {}): Update => ({
  file: "catalog/system/debian.yaml",
  line: 5,
  pointer: "/packages/0/versions/0",
  name: "jq",
  from: "1.6-2",
  to: "1.6-3",
  where: "apt in os",
  ...fields,
});

/** The digest of an external base that is easy to read in a difference. */
export const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

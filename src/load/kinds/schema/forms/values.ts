import type { Form } from "./form.js";

export const BYTES: Form = {
  pattern: "^(?:[1-9][0-9]{0,5}(?:\\.[0-9]{1,3})?|0\\.[0-9]{0,2}[1-9])(?:kB|MB|GB)$",
  patternErrorMessage: "a size such as `500MB`, in kB, MB or GB",
};

export const DIGEST: Form = {
  pattern: "^sha256:[0-9a-f]{64}$",
  patternErrorMessage: "`sha256:` and 64 lower-case hexadecimal digits",
};

export const PLATFORM: Form = {
  pattern: "^[a-z0-9]+/[a-z0-9_]+(?:/[a-z0-9]+)?$",
  patternErrorMessage: "`os/architecture`, for instance `linux/amd64`",
  maxLength: 64,
};

export const SHA256: Form = {
  pattern: "^[0-9a-f]{64}$",
  patternErrorMessage: "64 lower-case hexadecimal digits",
};

/** A duration of Go, as Docker's HEALTHCHECK takes it. */
export const DURATION: Form = {
  pattern: "^(?=.*[1-9]|0)(?:[0-9]{1,6}(?:\\.[0-9]{1,6})?(?:h|ms|m|s))+$",
  patternErrorMessage: "a duration such as `30s`, `1m30s` or `500ms`",
  maxLength: 32,
};

export const NONE: Form = {
  pattern: "^none$",
  patternErrorMessage: "`none`, or a mapping with `command`",
};

/** Whether the month has that day is checked when the value is read. */
export const DAY: Form = {
  pattern: "^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$",
  patternErrorMessage: "a day as `YYYY-MM-DD`",
};

export const SIGNAL: Form = {
  pattern: "^(?:SIG[A-Z][A-Z0-9]*(?:[+-][0-9]+)?|[1-9][0-9]?)$",
  patternErrorMessage: "the name of a signal such as `SIGTERM`, or its number",
};

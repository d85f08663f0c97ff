import type { Form } from "../schema/forms.js";

const compiled = new WeakMap<Form, RegExp>();

/** Whether the native format takes a text, by the schema's own patterns: what it would refuse is said at its place in the foreign document. */
export function fits(form: Form, text: string): boolean {
  let pattern = compiled.get(form);
  if (pattern === undefined) {
    pattern = new RegExp(form.pattern, "u");
    compiled.set(form, pattern);
  }
  return text.length <= (form.maxLength ?? Number.POSITIVE_INFINITY) && pattern.test(text);
}

/** A module's: parts as in an image's name, joined by `/`. */
export const MODULE_NAME: Form = {
  pattern: "^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$",
  patternErrorMessage: "lower-case letters and digits, joined by `-`, `.`, `_` or `/`",
  maxLength: 128,
};

export const STAGE_NAME: Form = {
  pattern: "^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$",
  patternErrorMessage: "lower-case letters and digits, joined by `-` or `_`, beginning with a letter",
  maxLength: 64,
};

export const DOWNLOAD_URL: Form = {
  pattern: "^https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/[A-Za-z0-9._~/%!$&'()*+,;=:@?-]*$",
  patternErrorMessage: "an address `https://host/path` without user and password",
  maxLength: 2048,
};

export const DURATION: Form = {
  pattern: "^(?=.*[1-9]|0)(?:[0-9]{1,6}(?:\\.[0-9]{1,6})?(?:h|ms|m|s))+$",
  patternErrorMessage: "a duration such as `30s`, `1m30s` or `500ms`",
  maxLength: 32,
};

/** The nearest name that fits: lower case, other characters become `-`. Empty where nothing is left. */
export function nativeName(text: string, joiner = "-"): string {
  return text
    .slice(0, 1000)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, joiner)
    .replace(/([._-])[._-]+/g, (run, first: string) => (/^-+$|^__$/.test(run) ? run : first))
    .replace(/^[._-]+|[._-]+$/g, "")
    .slice(0, 128);
}

/** The nearest name of a build stage. */
export function stageName(text: string): string {
  const name = nativeName(text)
    .replace(/[._-]+/g, "-")
    .slice(0, 58)
    .replace(/-$/, "");
  return /^[a-z]/.test(name) ? name : `stage-${name}`.replace(/-$/, "");
}

import type { Form } from "../kinds/schema/forms/form.js";

const compiled = new WeakMap<Form, RegExp>();

/**
 * Whether the native format accepts a text, by the schema's own patterns: what it would refuse is reported at its
 * place in the foreign document.
 */
export function fits(form: Form, text: string): boolean {
  let pattern = compiled.get(form);
  if (pattern === undefined) {
    pattern = new RegExp(form.pattern, "u");
    compiled.set(form, pattern);
  }
  return text.length <= (form.maxLength ?? Number.POSITIVE_INFINITY) && pattern.test(text);
}

/** The nearest name that fits: lower case, other characters become `-`. Empty if nothing is left. */
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

import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { OwnLanguage } from "../model/language.js";

/** Templates and installed packages are found by the manager's name, so a catalogue's own manager needs a name that is free. */
export function managerNameProblems(languages: readonly OwnLanguage[], taken: readonly string[]): Diagnostic[] {
  return languages.flatMap(({ name, source }) => {
    if (!taken.includes(name)) return [];
    const hint = "give it another name; it may serve the same language";
    const place = source.at("/name");
    return [errorAt(place, "manager-name", `the name \`${name}\` is Slipway's own`, hint)];
  });
}

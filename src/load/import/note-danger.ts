import { dangerOf } from "../../model/dangerous-variables.js";
import type { Position } from "../../model/diagnostic.js";
import type { Notes } from "./notes.js";

/** Says of a variable that is carried over that it may be refused. */
export function noteDanger(notes: Notes, place: Position, name: string, value: string): void {
  const danger = dangerOf(name, value);
  if (danger === undefined) return;
  const message = `the variable \`${name}\` ${danger}: an image that is no base image needs an exception from dangerous-env for it`;
  notes.warning(place, message, "leave it out, or ask an administrator");
}

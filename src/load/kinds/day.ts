import { type Diagnostic, errorAt, type Place } from "../../model/diagnostic.js";
import { quote } from "../../model/quote.js";

/** JavaScript turns the 30th of February into a day of March. */
export function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

export const noSuchDay = (place: Place, text: string): Diagnostic =>
  errorAt(place, "invalid-value", `there is no day ${quote(text)}`);

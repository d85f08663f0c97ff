import type { Catalogue } from "../model/catalogue.js";
import { NOTICE_DAYS } from "./exceptions.js";

/**
 * The days, counted from 1970-01-01, on which a catalogue that has not changed is judged anew: a base is too old, an exception is about to end or
 * has ended.
 */
export function changingDays({ policies, bases, exceptions }: Catalogue): readonly number[] {
  const { maxAge } = policies?.bases ?? {};
  const pinned = maxAge === undefined ? [] : [...bases.values()].flatMap((base) => base.pinned ?? []);
  const aged = pinned.map((day) => numberOf(day) + (maxAge ?? 0) + 1);
  const ended = exceptions.flatMap(({ expires }) => [numberOf(expires) - NOTICE_DAYS, numberOf(expires) + 1]);
  return [...aged, ...ended];
}

/** `day`: `YYYY-MM-DD`. */
const numberOf = (day: string) => Date.parse(`${day}T00:00:00Z`) / 86_400_000;

import type { Catalogue } from "../model/catalogue.js";
import { NOTICE_DAYS } from "./exceptions.js";

/**
 * The days (`YYYY-MM-DD`) on which a catalogue that has not changed is judged anew, in order: a base is too old, an exception is about to end or
 * has ended.
 */
export function changingDays({ policies, bases, exceptions }: Catalogue): readonly string[] {
  const { maxAge } = policies?.bases ?? {};
  const pinned = maxAge === undefined ? [] : [...bases.values()].flatMap((base) => base.pinned ?? []);
  const aged = pinned.map((day) => dayAfter(day, (maxAge ?? 0) + 1));
  const ended = exceptions.flatMap(({ expires }) => [dayAfter(expires, -NOTICE_DAYS), dayAfter(expires, 1)]);
  return [...aged, ...ended].sort();
}

const dayAfter = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

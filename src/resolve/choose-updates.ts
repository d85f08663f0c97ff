import { versionMatches } from "../model/package-syntax.js";
import type {
  BasePin,
  CataloguePins,
  GroupUpdates,
  Offer,
  Offers,
  PackagePins,
  Pin,
  RankedVersion,
  Update,
} from "../model/update.js";

/** A registry's answer for a base: the digest of its tag on a day (`YYYY-MM-DD`), or why it is not known. */
export type BaseAnswer =
  | { readonly digest: string; readonly registry: string; readonly today: string }
  | { readonly problem: string };

/** A package manager's answer for an operating system or language, or why it could not be asked. */
export type ScopeAnswer = { readonly offers: Offers; readonly where: string } | { readonly problem: string };

export interface Answers {
  /** By reference. */
  readonly bases: ReadonlyMap<string, BaseAnswer>;
  /** By kind and scope, as scopeKey gives it. */
  readonly scopes: ReadonlyMap<string, ScopeAnswer>;
}

export const scopeKey = ({ syntax, scope }: CataloguePins["scopes"][number]) => `${syntax.kind} ${scope}`;

/** Compares the versions in the catalogue with those that the sources offer. One entry a group, by name, even if nothing is newer. */
export function chooseUpdates(pins: CataloguePins, answers: Answers): GroupUpdates[] {
  const groups = new Map<string, { updates: Update[]; problems: Set<string> }>();
  const put = (group: string, { updates = [], problem }: { updates?: readonly Update[]; problem?: string }) => {
    const entry = groups.get(group) ?? { updates: [], problems: new Set() };
    groups.set(group, entry);
    entry.updates.push(...updates);
    if (problem !== undefined) entry.problems.add(problem);
  };
  for (const pin of pins.bases) put(pin.group, baseUpdate(pin, answers.bases.get(pin.ref)));
  for (const scope of pins.scopes) {
    const answer = answers.scopes.get(scopeKey(scope)) ?? { problem: `${scope.scope}: no package manager was asked` };
    for (const entry of scope.packages) put(entry.group, packageUpdates(entry, answer));
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, { updates, problems }]) => ({ group, updates: updates.sort(byPlace), problems: [...problems] }));
}

const byPlace = (a: Update, b: Update) =>
  a.file === b.file ? a.line - b.line || (a.pointer < b.pointer ? -1 : 1) : a.file < b.file ? -1 : 1;

function baseUpdate(pin: BasePin, answer: BaseAnswer | undefined) {
  if (answer === undefined) return { problem: `${pin.ref}: no registry was asked` };
  if ("problem" in answer) return answer;
  if (answer.digest === pin.current) return {};
  const { pinned, ref } = pin;
  const { registry, today } = answer;
  // The day changes with the digest only; otherwise there would be a change every day.
  const day = pinned === undefined || pinned.current === today ? [] : [update(pinned, ref, today, registry)];
  return { updates: [update(pin, ref, answer.digest, registry), ...day] };
}

function packageUpdates(pins: PackagePins, answer: ScopeAnswer) {
  if ("problem" in answer) return answer;
  const offer = answer.offers.get(pins.name);
  if (offer === undefined) return { problem: `${pins.name}: no answer from ${answer.where}` };
  if (offer.problem !== undefined) return { problem: `${pins.name}: ${offer.problem}` };
  const listed = listedUpdate(pins, offer);
  const allowed = pins.approved.map((version) => (version === listed?.pin.current ? listed.to : version));
  const requested = pins.requested.flatMap((pin) => {
    // The first version that the list will allow: requests for a version that leaves the list move along.
    const best = offer.offered.find(({ version }) => allows(allowed, version));
    return best?.newerThan.includes(pin.current) ? [{ pin, to: best.version }] : [];
  });
  const updates = [...(listed ? [listed] : []), ...requested];
  return { updates: updates.map(({ pin, to }) => update(pin, pins.name, to, answer.where)) };
}

/** The newest version replaces the newest of those that it is newer than; older ones were kept on purpose. */
function listedUpdate({ listed }: PackagePins, { offered, current }: Offer): { pin: Pin; to: string } | undefined {
  const newest = offered[0];
  if (newest === undefined || listed.some((pin) => pin.current === newest.version)) return undefined;
  const older = listed.filter((pin) => newest.newerThan.includes(pin.current));
  const rank = (pin: Pin) => current.find(({ version }) => version === pin.current)?.newerThan.length ?? 0;
  const pin = older.reduce<Pin | undefined>((best, one) => (best && rank(best) >= rank(one) ? best : one), undefined);
  return pin && { pin, to: newest.version };
}

const allows = (patterns: readonly string[], version: RankedVersion["version"]) =>
  patterns.length === 0 || patterns.some((pattern) => versionMatches(pattern, version));

function update({ source, pointer, current }: Pin, name: string, to: string, where: string): Update {
  const { file, line } = source.at(pointer);
  return { file, line, pointer, name, from: current, to, where };
}

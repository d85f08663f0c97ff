import { LOCK_MANAGERS, type LockedPackage } from "./lock.js";

/*
 * What slipway.lock may contain. Names, versions and files become file names and arguments of programs, and what a
 * package says about itself is written by strangers: each member has an anchored pattern, for reader and writer
 * alike.
 */

const SIMPLE_NAME = "[A-Za-z0-9_][A-Za-z0-9+._-]{0,213}";
const NAME = `(?:@${SIMPLE_NAME}\\/)?${SIMPLE_NAME}`;
/**
 * Printable ASCII except quotes and backslashes, and what JSON writes with a backslash: no control characters in
 * either form.
 */
const LICENSE = '(?:[ !#-\\[\\]-~]|\\\\["\\\\]|\\\\u(?!00[01]|007f|00[89])[0-9a-f]{4}){1,1000}';

/** The first line, always exactly this. */
export const LOCK_HEADER = "# Written by `slipway lock`; see docs/lock.md. After a merge conflict run it again.";

/** Text of each member as it stands in JSON, in the order of the file; `?`: it may be left out. */
const MEMBERS = {
  "stage?": '"[a-z0-9][a-z0-9._-]{0,127}"',
  manager: `"(?:${LOCK_MANAGERS.join("|")})"`,
  name: `"${NAME}"`,
  version: '"[A-Za-z0-9][A-Za-z0-9+.~:_^!-]{0,213}"',
  "arch?": '"[a-z0-9][a-z0-9_-]{0,31}"',
  file: '"[A-Za-z0-9_][A-Za-z0-9+.~:_^!%-]{0,254}"',
  size: "(?:0|[1-9][0-9]{0,14})",
  sha256: '"[0-9a-f]{64}"',
  "source?": '"[A-Za-z0-9@_][A-Za-z0-9 ()+.~:_^!@/=-]{0,427}"',
  "license?": `"${LICENSE}"`,
  why: `\\[((?:"${NAME}"(?:,"${NAME}")*)?)\\]`,
  "bootstrap?": "true",
} as const;

const MEMBER_LIST = Object.entries(MEMBERS).map(([key, pattern]) => {
  const name = key.replace("?", "");
  return { name, isOptional: key !== name, pattern, whole: new RegExp(`^${pattern}$`) };
});

/** `{"manager":"apt",…}` as JSON.stringify writes it; captures what stands in `why`. */
export const LOCKED_PACKAGE_JSON = `\\{${MEMBER_LIST.map(memberPattern).join("")}\\}`;

function memberPattern({ name, isOptional, pattern }: (typeof MEMBER_LIST)[number], index: number): string {
  const before = `"${name}":${pattern}`;
  // The comma belongs to a member that another one always follows, or that one always precedes.
  if (!isOptional) return index === 1 ? before : `,${before}`;
  return index === 0 ? `(?:${before},)?` : `(?:,${before})?`;
}

/** A package on one line, its members in order; text outside ASCII is escaped, so that the file is ASCII. */
export function packageJson(entry: LockedPackage): string {
  const members = MEMBER_LIST.flatMap(({ name }) => {
    const value = entry[name as keyof LockedPackage];
    return value === undefined ? [] : [`"${name}":${asciiJson(value)}`];
  });
  return `{${members.join(",")}}`;
}

export const asciiJson = (value: unknown) =>
  JSON.stringify(value).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Why a package, as JSON has it, cannot be in the lockfile: the member, and what is wrong with it. */
export interface MemberProblem {
  readonly member: string;
  readonly problem: string;
}

export function packageProblem(value: object): MemberProblem | undefined {
  const given = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(given).find((key) => MEMBER_LIST.every(({ name }) => name !== key));
  if (unknown !== undefined) return { member: unknown, problem: "is not a member of a locked package" };
  for (const { name, isOptional, whole } of MEMBER_LIST) {
    const member = given[name];
    if (member === undefined && isOptional) continue;
    if (member === undefined) return { member: name, problem: "is missing" };
    if (!whole.test(asciiJson(member))) return { member: name, problem: "does not have the form that it must have" };
  }
  const { why } = value as LockedPackage;
  if (!isSorted(why)) return { member: "why", problem: "is not sorted" };
  if (given.manager !== "npm" && [given.name, ...why].some((name) => String(name).includes("/")))
    return { member: "name", problem: "has a `/`, which only npm's have" };
  return undefined;
}

/** Whether each comes before the next one. */
export const isSorted = (words: readonly string[]) =>
  words.every((word, index) => index === 0 || (words[index - 1] as string) < word);

/**
 * The sort key of a package: its line up to the file, which is stage (none comes first), manager, name, version and
 * architecture. Two packages with the same key are the same package.
 */
export const packageOrder = (json: string) => json.slice(0, json.indexOf('"file":'));

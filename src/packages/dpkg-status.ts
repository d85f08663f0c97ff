/** A difference between dpkg's database and what it must be. */
export interface StatusProblem {
  readonly what: string;
  readonly problem: string;
  /** The database. */
  readonly place: string;
}

const STATUS = "/var/lib/dpkg/status";

export interface StatusComparison {
  /** dpkg's status file in what the image starts from, and in the image; undefined: there is none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Control data of the packages that were installed (deb-control(5)). */
  readonly controls: readonly string[];
}

/** What dpkg itself adds to the control data of a package, or changes while others are installed (dpkg(1)). */
const OF_DPKG = new Set([
  "status",
  "conffiles",
  "config-version",
  "triggers-pending",
  "triggers-awaited",
  "installed-size",
]);

/** Compares dpkg's database with that of the parent and the control data of what was installed. */
export function statusProblems({ before, after, controls }: StatusComparison): readonly StatusProblem[] {
  const [old, now] = [paragraphs(before ?? ""), paragraphs(after ?? "")];
  const added = new Map(controls.flatMap((control) => [...paragraphs(control)]));
  const problems: Omit<StatusProblem, "place">[] = [];
  for (const [id, fields] of now) {
    const expected = added.get(id) ?? old.get(id);
    const shown = `${fields.get("package")} ${fields.get("version")}`;
    if (expected === undefined)
      problems.push({ what: shown, problem: "is in dpkg's database, and nothing installs it" });
    else problems.push(...edited(expected, fields).map((field) => ({ what: shown, problem: `has another ${field}` })));
  }
  for (const [id, fields] of new Map([...old, ...added])) {
    if (now.has(id)) continue;
    problems.push({
      what: `${fields.get("package")} ${fields.get("version")}`,
      problem: "is missing in dpkg's database",
    });
  }
  return problems.map((each) => ({ ...each, place: STATUS }));
}

/** Names of the fields that differ. */
function edited(expected: ReadonlyMap<string, string>, fields: ReadonlyMap<string, string>): readonly string[] {
  const names = new Set([...expected.keys(), ...fields.keys()]);
  return [...names].filter((name) => !OF_DPKG.has(name) && !isSame(expected.get(name), fields.get(name)));
}

/** dpkg writes relations with its own white space. */
const isSame = (a: string | undefined, b: string | undefined) =>
  (a ?? "").replace(/\s+/g, "") === (b ?? "").replace(/\s+/g, "");

/** The installed packages of a database, by name and architecture. */
function paragraphs(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const all = new Map<string, ReadonlyMap<string, string>>();
  for (const paragraph of text.split(/\n[ \t]*\n/)) {
    const fields = new Map<string, string>();
    for (const [, name = "", value = ""] of paragraph.matchAll(/^([!-9;-~]+):(.*(?:\n[ \t].*)*)/gm))
      fields.set(name.toLowerCase(), value.trim());
    const [, , state = "installed"] = (fields.get("status") ?? "").split(/\s+/);
    if (!fields.has("package") || state === "config-files" || state === "not-installed") continue;
    all.set(`${fields.get("package")}:${fields.get("architecture")}`, fields);
  }
  return all;
}

import type { ReadManifest } from "../../src/model/manifest.js";

type Others = Readonly<Record<string, string>>;

/** The packages of a package manifest in short form: `line:column name =version`, `name constraint`, with `?` after optional ones. */
export function asked(read: ReadManifest, text: string, others: Others = {}): string[] {
  const { requests, problems } = read(text, others);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return requests.map(({ name, version, constraint, optional, line, column }) => {
    const limit = version === undefined ? constraint : `=${version}`;
    return `${line}:${column} ${name}${limit === undefined ? "" : ` ${limit}`}${optional ? " ?" : ""}`;
  });
}

/** The problems: `line:column message (hint)`. */
export function refused(read: ReadManifest, text: string, others: Others = {}): string[] {
  return read(text, others).problems.map(({ line, column, message, hint }) => `${line}:${column} ${message} (${hint})`);
}

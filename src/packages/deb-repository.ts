import { createHash } from "node:crypto";

/** A Debian package file and its control data. */
export interface DebFile {
  /** Its control data (deb-control(5)), as dpkg-deb --field prints it. */
  readonly control: string;
  /** The file's name in the repository. */
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
}

export interface DebRepository {
  /** Texts by name: the indexes of a flat repository (Debian Repository Format, "Flat Repository Format"). */
  readonly indexes: ReadonlyMap<"Packages" | "Release", string>;
}

/** Fields that an index takes from the file, not from the control data. */
const OF_FILE = /^(?:Filename|Size|SHA256):/i;

/** `suite`: the value of apt's pattern `?archive`, which mmdebstrap uses. */
export function debRepository(files: readonly DebFile[], suite?: string): DebRepository {
  const entries = files.map(({ control, file, size, sha256 }) => {
    const own = control.split("\n").filter((line) => line.trim() !== "" && !OF_FILE.test(line));
    return [...own, `Filename: ./${file}`, `Size: ${size}`, `SHA256: ${sha256}`, ""].join("\n");
  });
  const packages = entries.join("\n");
  const hash = createHash("sha256").update(packages).digest("hex");
  const release = [
    ...(suite === undefined ? [] : [`Suite: ${suite}`, `Codename: ${suite}`]),
    "Date: Tue, 01 Jan 1980 00:00:00 UTC",
    "SHA256:",
    ` ${hash} ${Buffer.byteLength(packages)} Packages`,
    "",
  ].join("\n");
  return { indexes: new Map([["Packages", packages] as const, ["Release", release] as const]) };
}

/**
 * mmdebstrap selects packages by their priority in the archive, which may differ from that in the package itself (apt of Debian 12
 * states "important" and is "required"). Nothing else brings such a package, which is how it is recognised: it becomes "required".
 * `asked`: names that are requested anyway.
 */
export function restorePriorities(controls: readonly string[], asked: readonly string[]): readonly string[] {
  const packages = controls.map(readControl);
  const brought = new Set<string>();
  const bring = (names: readonly string[]) => {
    for (const waiting = [...names]; waiting.length > 0; ) {
      const name = waiting.pop() as string;
      for (const candidate of packages) {
        if (brought.has(candidate.name) || !(candidate.name === name || candidate.provides.includes(name))) continue;
        brought.add(candidate.name);
        waiting.push(...candidate.needs);
      }
    }
  };
  bring([...asked, ...packages.filter(({ required }) => required).map(({ name }) => name)]);
  const lifted = new Set<string>();
  for (;;) {
    const remaining = packages.filter(({ name }) => !brought.has(name));
    if (remaining.length === 0) break;
    const first = remaining.filter(({ name, provides }) => {
      return !remaining.some(
        (other) => other.name !== name && [name, ...provides].some((each) => other.needs.includes(each)),
      );
    });
    const names = (first.length > 0 ? first : remaining).map(({ name }) => name);
    for (const name of names) lifted.add(name);
    bring(names);
  }
  return controls.map((control, index) => (lifted.has(packages[index]?.name ?? "") ? asRequired(control) : control));
}

function asRequired(control: string): string {
  const rest = control.split("\n").filter((line) => !/^Priority:/i.test(line));
  return ["Priority: required", ...rest].join("\n");
}

function readControl(control: string) {
  const field = (name: string) => new RegExp(`^${name}:((?:.*\\n[ \\t])*.*)$`, "im").exec(control)?.[1]?.trim() ?? "";
  const names = (text: string) => text.split(/[,|]/).flatMap((word) => /^\s*([^\s:(]+)/.exec(word)?.slice(1) ?? []);
  return {
    name: field("Package"),
    required: /^yes$/i.test(field("Essential")) || field("Priority") === "required",
    needs: names(`${field("Pre-Depends")},${field("Depends")}`),
    provides: names(field("Provides")),
  };
}

import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { Advisory } from "../model/vulnerability.js";
import { readAdvisory } from "./kinds/advisory.js";
import { readZip } from "./read-zip.js";

export interface AdvisoryRequest {
  /** Directories, each with what its files are called in messages. */
  readonly directories: readonly { readonly path: string; readonly shown: string }[];
  /** Names of ecosystems without their release; a folder with the name of another ecosystem is skipped. */
  readonly ecosystems: ReadonlySet<string>;
  /** Advisories that are not wanted are not kept. */
  readonly wanted: (advisory: Advisory) => boolean;
}

export interface ReadAdvisories {
  /** One for each name: of several records the newest. */
  readonly advisories: readonly Advisory[];
  /** Warnings about records that cannot be read; the others still count. */
  readonly diagnostics: readonly Diagnostic[];
  /** Number of records, without withdrawn ones. */
  readonly count: number;
  /** `YYYY-MM-DD` of the newest record; empty: there is none. */
  readonly newest: string;
  /** Ecosystems, without their release, that any record is about. */
  readonly ecosystems: ReadonlySet<string>;
}

/** OSV's ecosystems that have a folder in its mirrors. A folder of another name may hold anything. */
const KNOWN = new Set(
  [
    "AlmaLinux",
    "Alpine",
    "Android",
    "Azure Linux",
    "Bitnami",
    "Chainguard",
    "CRAN",
    "crates.io",
    "Debian",
    "GIT",
  ].concat(
    ["GitHub Actions", "Go", "Hackage", "Hex", "Linux", "Mageia", "Maven", "MinimOS", "npm", "NuGet", "openEuler"],
    ["openSUSE", "OSS-Fuzz", "Packagist", "Photon OS", "Pub", "PyPI", "Red Hat", "Rocky Linux", "RubyGems", "SUSE"],
    ["SwiftURL", "Ubuntu", "Wolfi"],
  ),
);

const MAX_PROBLEMS = 20;

/** Reads the records of directories: `*.json`, and `*.zip` with such files. */
export async function readAdvisories(request: AdvisoryRequest): Promise<ReadAdvisories> {
  const byId = new Map<string, Advisory>();
  const problems: Diagnostic[] = [];
  const ecosystems = new Set<string>();
  let [count, newest] = [0, ""];
  const refuse = (file: string, what: string) => problems.push(unreadable(file, what));
  const take = (text: string, file: string) => {
    try {
      const advisory = readAdvisory(text, file);
      if (advisory === undefined) return;
      count += 1;
      if (advisory.modified > newest) newest = advisory.modified;
      for (const { ecosystem } of advisory.affected) ecosystems.add(ecosystem.split(":", 1)[0] ?? "");
      if (!request.wanted(advisory)) return;
      const other = byId.get(advisory.id);
      if (other === undefined || other.modified < advisory.modified) byId.set(advisory.id, advisory);
    } catch (error) {
      refuse(file, error instanceof Error ? error.message : String(error));
    }
  };
  for (const { path, shown } of request.directories) {
    for (const file of filesBelow(path, request.ecosystems)) {
      const name = `${shown}/${file}`;
      if (file.endsWith(".json")) take(readFileSync(join(path, file), "utf8"), name);
      else await readArchive(join(path, file), name, { take, refuse });
    }
  }
  const advisories = [...byId.values()];
  return { advisories, diagnostics: limited(problems), count, newest: newest.slice(0, 10), ecosystems };
}

interface Receiver {
  readonly take: (text: string, file: string) => void;
  readonly refuse: (file: string, what: string) => void;
}

async function readArchive(path: string, shown: string, { take, refuse }: Receiver) {
  try {
    await readZip(path, (member) => {
      const name = `${shown}: ${member.name}`;
      if ("problem" in member) refuse(name, member.problem);
      else if (member.name.endsWith(".json")) take(member.content.toString("utf8"), name);
    });
  } catch (error) {
    refuse(shown, `it is not a ZIP archive: ${error instanceof Error ? error.message : error}`);
  }
}

/** Paths relative to the directory, sorted; none if there is no directory. Symbolic links to files are followed. */
function filesBelow(directory: string, ecosystems: ReadonlySet<string>): readonly string[] {
  const paths: string[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(join(directory, folder))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        const base = entry.name.split(":", 1)[0] ?? "";
        if (!KNOWN.has(base) || ecosystems.has(base)) folders.push(path);
      } else if (/\.(?:json|zip)$/.test(entry.name) && (entry.isFile() || isFile(join(directory, path))))
        paths.push(path);
    }
  }
  return paths.sort();
}

function entriesOf(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

function unreadable(file: string, what: string): Diagnostic {
  const hint = "the other advisories count; replace the file, or remove it";
  return { ...errorAt({ file, line: 1, column: 1 }, "advisory-unreadable", what, hint), severity: "warning" };
}

function limited(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const [first] = problems.slice(MAX_PROBLEMS);
  if (first === undefined) return problems;
  const rest = unreadable(
    first.file,
    `${problems.length - MAX_PROBLEMS} more cannot be read, of which this is the first`,
  );
  return [...problems.slice(0, MAX_PROBLEMS), rest];
}

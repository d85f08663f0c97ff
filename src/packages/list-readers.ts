import type { InstalledPackage } from "./package-manager.js";

/** Readers of the output of a language's `list` command, by their names in language.yaml. */
export const LIST_READERS: Readonly<Record<string, (stdout: string) => readonly InstalledPackage[]>> = {
  tsv: readLines,
  pip: readPip,
  npm: readNpm,
  maven: readMaven,
};

/** Lines of a name, a tab and a version. */
function readLines(stdout: string): InstalledPackage[] {
  return stdout.split(/\r?\n/).flatMap((line) => {
    const [name, version] = line.split("\t");
    return name && version ? [{ name, version: version.trim() }] : [];
  });
}

function readPip(stdout: string): InstalledPackage[] {
  // A broken installation leaves entries with null.
  const entries = JSON.parse(stdout) as [string | null, string | null][];
  return entries.flatMap(([name, version]) => (name && version ? [{ name, version }] : []));
}

function readNpm(stdout: string): InstalledPackage[] {
  // The output is empty if npm itself is missing.
  const { dependencies = {} } = JSON.parse(stdout || "{}") as { dependencies?: Record<string, { version?: string }> };
  return Object.entries(dependencies).flatMap(([name, { version }]) => (version ? [{ name, version }] : []));
}

/** Paths of a repository: `./org/example/parser/1.2/parser-1.2.jar`. */
function readMaven(stdout: string): InstalledPackage[] {
  return stdout.split("\n").flatMap((path) => {
    const parts = path.replace(/^\.\//, "").split("/");
    const [version, artifact] = [parts.at(-2), parts.at(-3)];
    const group = parts.slice(0, -3).join(".");
    return version && artifact && group ? [{ name: `${group}:${artifact}`, version }] : [];
  });
}

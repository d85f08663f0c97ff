import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { AssembledCatalogue } from "../../src/load/assemble.js";
import { openGitTree } from "../../src/load/git/commit-tree.js";
import { openWorkingTree } from "../../src/load/git/working-tree.js";
import { loadCatalogue } from "../../src/load/load.js";

const execute = promisify(execFile);

/** A file's content, or where a symbolic link points, or a program. */
export type Content = string | Buffer | { readonly link: string } | { readonly program: string };

const created: string[] = [];

/** A new directory; removed by removeTemporary. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "slipway-load-"));
  created.push(directory);
  return directory;
}

export function removeTemporary(): void {
  for (const directory of created.splice(0)) rmSync(directory, { recursive: true, force: true });
}

/** Writes files below a directory, by path. */
export function writeFiles(directory: string, files: Readonly<Record<string, Content>>): void {
  for (const [path, content] of Object.entries(files)) {
    const full = join(directory, path);
    mkdirSync(dirname(full), { recursive: true });
    if (typeof content === "string" || Buffer.isBuffer(content)) writeFileSync(full, content);
    else if ("link" in content) symlinkSync(content.link, full);
    else {
      writeFileSync(full, content.program);
      chmodSync(full, 0o755);
    }
  }
}

export async function git(directory: string, ...args: readonly string[]): Promise<string> {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"];
  const { stdout } = await execute("git", [...identity, ...args], { cwd: directory });
  return stdout.trim();
}

/** A repository with the files committed. */
export async function repository(files: Readonly<Record<string, Content>>): Promise<string> {
  const directory = temporaryDirectory();
  await git(directory, "init", "--quiet");
  writeFiles(directory, files);
  await git(directory, "add", "--all");
  await git(directory, "commit", "--quiet", "--allow-empty", "--message=first");
  return directory;
}

/** Files outside any repository. */
export function folder(files: Readonly<Record<string, Content>>): string {
  const directory = temporaryDirectory();
  writeFiles(directory, files);
  return directory;
}

export async function loadRef(directory: string, ref = "HEAD"): Promise<AssembledCatalogue> {
  return loadCatalogue(await openGitTree(directory, ref));
}

export async function loadFiles(files: Readonly<Record<string, Content>>): Promise<AssembledCatalogue> {
  return loadCatalogue(await openWorkingTree(folder(files)));
}

/** `file:line:column code` of each diagnostic: what scripts rely on. */
export function places({ diagnostics }: AssembledCatalogue): string[] {
  return diagnostics.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`);
}

export const IMAGE = "name: a\nversion: 1\nparent: b\n";

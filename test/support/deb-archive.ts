import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { debRepository } from "../../src/packages/deb-repository.js";

const execute = promisify(execFile);

export interface TestDeb {
  readonly name: string;
  readonly version: string;
  readonly depends?: string;
  /** Programs by absolute path. */
  readonly programs: Readonly<Record<string, string>>;
}

/** Writes a flat repository of packages for all architectures, without a signature: `deb [trusted=yes] URL ./`. */
export async function writeDebArchive(directory: string, packages: readonly TestDeb[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  const files = [];
  for (const deb of packages) {
    const file = `${deb.name}_${deb.version}_all.deb`;
    await buildDeb(deb, join(directory, file));
    const content = await readFile(join(directory, file));
    const sha256 = createHash("sha256").update(content).digest("hex");
    files.push({ control: control(deb), file, size: content.length, sha256 });
  }
  for (const [name, text] of debRepository(files).indexes) await writeFile(join(directory, name), text);
}

const control = ({ name, version, depends }: TestDeb) =>
  [
    `Package: ${name}`,
    `Version: ${version}`,
    "Architecture: all",
    "Maintainer: Nobody <nobody@example.org>",
    ...(depends === undefined ? [] : [`Depends: ${depends}`]),
    "Description: a package of a test",
    "",
  ].join("\n");

async function buildDeb(deb: TestDeb, target: string): Promise<void> {
  const root = `${target}.root`;
  await mkdir(join(root, "DEBIAN"), { recursive: true });
  await writeFile(join(root, "DEBIAN/control"), control(deb));
  for (const [path, text] of Object.entries(deb.programs)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    await chmod(join(root, path), 0o755);
  }
  await execute("dpkg-deb", ["--build", "-Znone", "--root-owner-group", root, target]);
  await rm(root, { recursive: true });
}

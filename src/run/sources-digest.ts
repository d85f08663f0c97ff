import { createHash } from "node:crypto";
import { type Dirent, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { resolveInside } from "./inside.js";

/** Where an operating system says where its packages come from and whom it trusts. */
const PLACES = [
  "/etc/apt",
  "/usr/share/keyrings",
  "/etc/yum.repos.d",
  "/etc/dnf",
  "/etc/yum.conf",
  "/etc/pki/rpm-gpg",
  "/etc/os-release",
];

/** Bytes of one file: more than keyrings have. */
const LIMIT = 16 << 20;

/** 64 hex digits over the package sources and keys of a root file system. Links are followed inside of it, and count as their targets. */
export function sourcesDigest(root: string): string {
  const hash = createHash("sha256");
  for (const path of PLACES) add(hash, root, path);
  return hash.digest("hex");
}

function add(hash: ReturnType<typeof createHash>, root: string, path: string): void {
  const real = resolveInside(root, path);
  const stats = real === undefined ? undefined : lstatSync(join(root, real), { throwIfNoEntry: false });
  if (real === undefined || stats === undefined) return;
  if (stats.isDirectory()) {
    const entries: Dirent[] = readdirSync(join(root, real), { withFileTypes: true });
    // A directory that a link names is not searched: it could contain itself.
    const inside = entries.filter((entry) => !entry.isSymbolicLink() || isFile(root, `${path}/${entry.name}`));
    for (const name of inside.map((entry) => entry.name).sort()) add(hash, root, `${path}/${name}`);
    return;
  }
  hash.update(`${path}\0${stats.size}\0`);
  if (stats.isFile() && stats.size <= LIMIT) hash.update(readFileSync(join(root, real)));
}

function isFile(root: string, path: string): boolean {
  const real = resolveInside(root, path);
  return real !== undefined && lstatSync(join(root, real), { throwIfNoEntry: false })?.isFile() === true;
}

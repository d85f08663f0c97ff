import type { ListedFile, PackageListing } from "../model/attribution.js";
import type { LockedPackage } from "../model/lock.js";
import { tarOutput } from "./tar-output.js";

/** Reads what is in the file of a package, which has been verified. Raises Error where it cannot be read. */
export type ListPackage = (path: string, signal: AbortSignal) => Promise<PackageListing>;

/** undefined: files of this manager are not read. */
export const listPackageOf = ({ manager }: Pick<LockedPackage, "manager">): ListPackage | undefined =>
  manager === "apt" ? listDeb : undefined;

const CONTROL = new Set(["control", "conffiles"]);

/** A package of Debian (deb(5)): dpkg-deb unpacks it into archives. */
async function listDeb(path: string, signal: AbortSignal): Promise<PackageListing> {
  const control = new Map<string, string>();
  const wants = (name: string) => CONTROL.has(name);
  for await (const { name, content } of tarOutput("dpkg-deb", ["--ctrl-tarfile", path], { signal, wants }))
    if (content !== undefined) control.set(name, content.toString("utf8"));
  const configuration = new Set((control.get("conffiles") ?? "").split("\n").map((line) => line.trim()));
  const files: ListedFile[] = [];
  const first = new Map<string, ListedFile>();
  for await (const member of tarOutput("dpkg-deb", ["--fsys-tarfile", path], { signal })) {
    const { name, type, mode, sha256, target } = member;
    const own = `/${name}`;
    const linked = type === "1" ? first.get(target.replace(/^\.\//, "")) : undefined;
    if (linked !== undefined) files.push({ ...linked, path: own });
    if (type === "2") files.push({ path: own, target });
    if (sha256 === undefined) continue;
    const file = {
      path: own,
      sha256,
      mode: mode & 0o7777,
      ...(configuration.has(own) ? { configuration: true as const } : {}),
    };
    first.set(name, file);
    files.push(file);
  }
  return { files, control: control.get("control") ?? "" };
}

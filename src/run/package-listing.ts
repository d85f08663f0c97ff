import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import type { ListedFile, PackageListing } from "../model/attribution.js";
import type { LockedPackage } from "../model/lock.js";
import { run } from "./process.js";
import { tarOutput } from "./tar-output.js";
import { readTar } from "./tar-stream.js";

/** Gives the members of a ZIP archive to a function. Raises Error where it is not one. */
export type ReadZip = (
  path: string,
  receive: (member: { readonly name: string; readonly content?: Buffer; readonly problem?: string }) => void,
) => Promise<void>;

export interface ListingJob {
  /** The package's file, which has been verified. */
  readonly path: string;
  readonly entry: LockedPackage;
  readonly readZip: ReadZip;
  readonly signal: AbortSignal;
}

/** Reads what is in the file of a package; undefined: this machine cannot read such files. Raises Error where it is damaged. */
export async function listPackage(job: ListingJob): Promise<PackageListing | undefined> {
  switch (job.entry.manager) {
    case "apt":
      return listDeb(job);
    case "dnf":
      return listRpm(job);
    case "npm":
      return listTarball(job);
    case "pip":
      return job.entry.file.endsWith(".whl") ? listWheel(job) : undefined;
  }
}

const CONTROL = new Set(["control", "conffiles"]);

/** A package of Debian (deb(5)): dpkg-deb unpacks it into archives. */
async function listDeb({ path, entry, signal }: ListingJob): Promise<PackageListing> {
  const control = new Map<string, string>();
  const wants = (name: string) => CONTROL.has(name);
  const files: ListedFile[] = [];
  for await (const { name, content, sha256 } of tarOutput("dpkg-deb", ["--ctrl-tarfile", path], { signal, wants })) {
    if (content !== undefined) control.set(name, content.toString("utf8"));
    // dpkg keeps them beside its database, for some packages with the architecture in the name (dpkg(1)).
    for (const own of [entry.name, `${entry.name}:${entry.arch}`])
      if (sha256 !== undefined) files.push({ path: `/var/lib/dpkg/info/${own}.${name}`, sha256 });
  }
  const configuration = new Set((control.get("conffiles") ?? "").split("\n").map((line) => line.trim()));
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

/** The header of an RPM package has the hashes of its files (rpm-queryformat(7)). */
const RPM_FILES = "[%{FILENAMES}\t%{FILEDIGESTS}\t%{FILEMODES:octal}\t%{FILEFLAGS:fflags}\t%{FILELINKTOS}\n]";

async function listRpm({ path, signal }: ListingJob): Promise<PackageListing | undefined> {
  const query = ["-qp", "--nosignature", "--queryformat", `%{FILEDIGESTALGO}\n${RPM_FILES}`, path];
  const { exitCode, stdout, stderr, notStarted } = await run("rpm", query, { signal, timeout: 120 });
  if (notStarted !== undefined) return undefined;
  if (exitCode !== 0) throw new Error(`rpm: ${stderr.trim().split("\n").at(-1)}`);
  const [algorithm, ...lines] = stdout.split("\n");
  const files = lines.flatMap((line): ListedFile[] => {
    const [own, digest = "", mode = "", flags = "", target = ""] = line.split("\t");
    if (!own) return [];
    if (target !== "") return [{ path: own, target }];
    // 8 is SHA-256 (RFC 4880, 9.4).
    if (algorithm !== "8" || digest === "") return [];
    const bits = Number.parseInt(mode, 8) & 0o7777;
    return [{ path: own, sha256: digest, mode: bits, ...(flags.includes("c") ? { configuration: true } : {}) }];
  });
  return { files };
}

/** What npm unpacks below `node_modules`: everything in the archive's one directory. */
async function listTarball({ path, entry }: ListingJob): Promise<PackageListing> {
  const files: ListedFile[] = [];
  const unpacked = createReadStream(path).pipe(createGunzip());
  for await (const { name, sha256 } of readTar(unpacked)) {
    const cut = name.indexOf("/");
    if (sha256 !== undefined && cut > 0) files.push({ path: name.slice(cut), sha256 });
  }
  return { files, anchor: { path: "/package.json", directory: `/node_modules/${entry.name}` } };
}

/** What pip unpacks into a directory for modules (binary distribution format, "Installing a wheel"). */
async function listWheel({ path, readZip }: ListingJob): Promise<PackageListing> {
  const files: ListedFile[] = [];
  await readZip(path, ({ name, content, problem }) => {
    if (content === undefined) throw new Error(`${name}: ${problem}`);
    const own = name.replace(/^[^/]+\.data\/(?:purelib|platlib)\//, "");
    files.push({ path: `/${own}`, sha256: createHash("sha256").update(content).digest("hex") });
  });
  const metadata = files.find((file) => /^\/[^/]+\.dist-info\/METADATA$/.test(file.path));
  if (metadata === undefined) throw new Error("it has no METADATA");
  return { files, anchor: { path: metadata.path, directory: "" } };
}

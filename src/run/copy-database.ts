import { constants, createWriteStream } from "node:fs";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { makeDirectory } from "../system/make-directory.js";
import { type ContainerDeps, ImageContainer } from "./image-container.js";
import { resolveInside } from "./inside.js";
import { type Job, StepFailure, type StoredImage } from "./runner.js";

/** What apt and dnf read to know what is installed, and for which release. */
const FILES = ["/var/lib/dpkg/status", "/var/lib/dpkg/arch", "/etc/os-release"];
const DIRECTORIES = ["/usr/lib/sysimage/rpm", "/var/lib/rpm"];

/** Bytes: a hundred times what a large image has. */
const LIMIT = 1 << 30;

/**
 * Copies a system's package database out of an image, each file to its own path below `to`. The image's content is hostile: only
 * regular files are read, and no link leads out of it. Raises StepFailure.
 */
export async function copyDatabase(
  deps: ContainerDeps,
  image: StoredImage,
  to: string,
  job: Pick<Job, "log" | "signal">,
): Promise<void> {
  const container = new ImageContainer(deps, { ...job, image });
  try {
    const root = await container.root((what, tail) => new StepFailure("NO_ANSWER", what, tail));
    makeDirectory(to);
    for (const path of [...FILES, ...(await filesOf(root))]) await copyFile(root, path, to);
  } finally {
    await container.close();
  }
}

async function filesOf(root: string): Promise<string[]> {
  const lists = DIRECTORIES.map(async (directory) => {
    const real = resolveInside(root, directory);
    const names = real === undefined ? [] : await readdir(join(root, real)).catch(() => []);
    return names.map((name) => `${directory}/${name}`);
  });
  return (await Promise.all(lists)).flat();
}

async function copyFile(root: string, path: string, to: string): Promise<void> {
  const real = resolveInside(root, path);
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let file: FileHandle | undefined;
  try {
    file = real === undefined ? undefined : await open(join(root, real), flags).catch(() => undefined);
    const stats = await file?.stat();
    if (file === undefined || !stats?.isFile()) return;
    if (stats.size > LIMIT) throw new StepFailure("NO_ANSWER", `${path} has ${stats.size} bytes`);
    makeDirectory(dirname(join(to, path)));
    await pipeline(file.createReadStream({ autoClose: false }), createWriteStream(join(to, path)));
  } finally {
    await file?.close();
  }
}

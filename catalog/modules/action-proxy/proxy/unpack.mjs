import { chmod, lstat, mkdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, normalize, resolve, sep } from "node:path";
import { readZip } from "./zip.mjs";

const TYPE = 0o170000;
const DIRECTORY = 0o040000;
const LINK = 0o120000;
const REGULAR = 0o100000;
/** Neither set-user-ID nor the like. */
const PERMISSIONS = 0o777;

/** @typedef {import("./zip.mjs").Entry & {path: string, kind: "directory" | "file" | "link"}} Placed */

/**
 * Unpacks a zip file with the modes it has. Nothing is written outside of the directory; where anything is wrong, what was written is
 * removed again.
 *
 * @param {Buffer} zip
 * @param {string} directory
 * @param {{limit: number, executable: string}} options `executable`: the file that is made so where the zip has no modes
 */
export async function unpack(zip, directory, { limit, executable }) {
  const entries = place(readZip(zip, limit));
  /** @type {string[]} */
  const written = [];
  try {
    // Links last: nothing is written through one of them.
    for (const kind of ["directory", "file", "link"])
      for (const entry of entries.filter((each) => each.kind === kind)) {
        const target = join(directory, entry.path);
        await mkdir(dirname(target), { recursive: true });
        await insideOf(directory, dirname(target), entry.name);
        await write(entry, target, join(directory, executable) === target);
        if (kind !== "directory") written.push(target);
      }
    // After the files, for a directory may be one that nobody may write to.
    for (const { path, kind, mode } of [...entries].reverse())
      if (kind === "directory" && mode !== undefined) await chmod(join(directory, path), mode & PERMISSIONS);
  } catch (error) {
    for (const path of written) await rm(path, { force: true });
    throw error;
  }
}

/**
 * @param {readonly import("./zip.mjs").Entry[]} entries
 * @returns {Placed[]} throws where a name or a type is not to be had
 */
function place(entries) {
  const seen = new Set();
  return entries.map((entry) => {
    const path = normalize(entry.name).replace(/\/$/, "");
    const wrong = (/** @type {string} */ why) => new Error(`${JSON.stringify(entry.name)}: ${why}`);
    if (entry.name === "" || /[\0\\]/.test(entry.name)) throw wrong("such a name is not supported");
    if (entry.name.startsWith("/") || path === ".." || path.startsWith(`..${sep}`))
      throw wrong("it would lie outside of the action's directory");
    const type = entry.name.endsWith("/") ? DIRECTORY : (entry.mode ?? REGULAR) & TYPE || REGULAR;
    if (type !== DIRECTORY && (path === "." || seen.has(path))) throw wrong("there is such a file already");
    seen.add(path);
    if (type === DIRECTORY) return { ...entry, path, kind: "directory" };
    if (type === REGULAR) return { ...entry, path, kind: "file" };
    if (type !== LINK) throw wrong("it is neither file, directory nor symbolic link");
    return { ...entry, path, kind: "link" };
  });
}

/**
 * @param {Placed} entry
 * @param {string} target
 * @param {boolean} executable
 */
async function write(entry, target, executable) {
  if (entry.kind === "directory") return void (await mkdir(target, { recursive: true }));
  const content = entry.read();
  // What was there may be a link, or a program that cannot be overwritten.
  await rm(target, { force: true });
  if (entry.kind === "link") return await link(entry, content.toString(), target);
  await writeFile(target, content, { flag: "wx" });
  await chmod(target, entry.mode === undefined ? (executable ? 0o755 : 0o644) : entry.mode & PERMISSIONS);
}

/**
 * @param {Placed} entry
 * @param {string} to
 * @param {string} target
 */
async function link(entry, to, target) {
  const wanted = normalize(join(dirname(entry.path), to));
  if (to === "" || to.includes("\0") || to.startsWith("/") || wanted === ".." || wanted.startsWith(`..${sep}`))
    throw new Error(`${JSON.stringify(entry.name)}: its link leads out of the action's directory`);
  await symlink(to, target);
}

/**
 * A directory may be a link that was there before.
 *
 * @param {string} directory
 * @param {string} folder
 * @param {string} name
 */
async function insideOf(directory, folder, name) {
  const root = await realpath(resolve(directory));
  const real = await realpath(folder);
  if (real !== root && !real.startsWith(root + sep))
    throw new Error(`${JSON.stringify(name)}: it would lie outside of the action's directory`);
  if (!(await lstat(real)).isDirectory()) throw new Error(`${JSON.stringify(name)}: a file is in its way`);
}
